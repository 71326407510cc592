"""A person whose every text is unique: rows of theirs in every table, and a search for what stays.

The tables are found through the models, so a new one is filled and searched without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils import timezone

from accounts.kept_data import personal_models
from accounts.models import User
from movies.models import Movie, MovieMerge
from recommender.models import Guest, TrainingRun

WORD = "kestrelquill"
# An id that stands for nothing else in the dump.
USER_ID = 748_392_615
# Values that constraints ask for, where the first choice or the filled text is refused.
FIXED: dict[str, dict[str, Any]] = {
    "movies.Viewing": {"watched_on": date(2026, 3, 5), "precision": "day"},
    "movies.BulkEdit": {"undone_at": None},
    "recommender.Member": {"guest": None},
    "usersessions.UserSession": {"ip": "203.0.113.7"},
    "recommender.LoggedPrediction": {"predicted": 3.0},
}


def make_canary() -> User:
    """The person, with a row in every table whose rows go with a user's."""
    user = User.objects.create_user(
        f"{WORD}-username", f"{WORD}@{WORD}.example", f"{WORD} password", pk=USER_ID,
        first_name=f"{WORD} first", last_name=f"{WORD} last",
    )  # fmt: skip
    made: dict[type[models.Model], models.Model] = {
        User: user,
        Movie: Movie.objects.create(title="Any movie"),
        TrainingRun: TrainingRun.objects.create(state="ready"),
        Guest: Guest.objects.create(name="A guest"),
        MovieMerge: MovieMerge.objects.create(
            survivor=Movie.objects.create(title="Kept"),
            merged=Movie.objects.create(title="Merged"),
            change=1,
        ),
        ContentType: ContentType.objects.get_for_model(User),
    }
    for model in personal_models():
        if model not in made:
            made[model] = _row_of_trigger(model, user) or _row(model, made)
    return user


def _row_of_trigger(model: type[models.Model], user: User) -> models.Model | None:
    """A row that the database has added to the user's."""
    is_users = model._meta.pk.related_model is User
    return model._base_manager.filter(pk=user.pk).first() if is_users else None


def _row(model: type[models.Model], made: dict) -> models.Model:
    values = {
        field.name: value
        for field in model._meta.concrete_fields
        if (value := _value(field, made)) is not None
    }
    values |= FIXED.get(model._meta.label, {})
    return model._base_manager.create(**values)


def _value(field: models.Field, made: dict) -> Any:
    if field.primary_key and not isinstance(field, models.CharField):
        return None
    if isinstance(field, models.ForeignKey):
        if field.related_model in made:
            return made[field.related_model]
        if field.null or field.has_default():
            return None
        made[field.related_model] = _row(field.related_model, made)
        return made[field.related_model]
    if field.choices:
        return field.choices[0][0]
    return _simple_value(field)


def _simple_value(field: models.Field) -> Any:
    text = f"{WORD} {field.model._meta.model_name} {field.name}"
    if isinstance(field, models.EmailField):
        return f"other-{WORD}@{WORD}.example"
    if isinstance(field, models.CharField | models.TextField):
        return text[: field.max_length or None]
    if isinstance(field, models.JSONField):
        return [text]
    if isinstance(field, models.BinaryField):
        return text.encode()
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField | models.FloatField):
        return 5
    return None


def found_in_tables(*needles: str) -> dict[str, list[str]]:
    """Tables, also those without a model, in which one of these words stands, with their rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = [str([_readable(cell) for cell in row]) for row in cursor.fetchall()]
            if hits := [row for row in rows if any(needle in row for needle in needles)]:
                found[table] = hits
    return found


def _readable(cell: Any) -> Any:
    return bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else cell


def found_in_files(folder: Path, *needles: str) -> list[str]:
    """Files, by their raw bytes."""
    return [
        path.name
        for path in _files(folder)
        if any(needle.encode() in path.read_bytes() for needle in needles)
    ]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def filled_models() -> list[str]:
    """Personal models that have a row."""
    return [model._meta.label for model in personal_models() if model._base_manager.exists()]
