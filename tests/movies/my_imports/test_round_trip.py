"""What the data export of this site holds comes back equal after everything was removed."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from accounts.data_export import export
from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import EarlierRating, Mark, Movie, MovieList, Rating, Viewing
from movies.periods import Period
from tests.movies.my_imports import exports
from tests.movies.my_imports.conftest import Import

# What is new by its nature: numbers of rows, links, and when a row was last written.
NOT_COMPARED = {"list_id", "key", "updated_at", "created_at of lists"}
TABLES = ("ratings", "marks", "viewings", "lists", "list_entries")


def tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in TABLES:
            text = archive.read(f"{name}.csv").decode()
            left_out = NOT_COMPARED | ({"created_at"} if name == "lists" else set())
            rows = [
                {key: cell for key, cell in row.items() if key not in left_out}
                for row in csv.DictReader(io.StringIO(text))
            ]
            found[name] = sorted(rows, key=str)
    return found


def fill(user: User, films: dict[str, Movie]) -> None:
    when = datetime(2021, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
    Rating.objects.rate(user, films["alien"], 4.5, rated_at=when)
    Rating.objects.rate(user, films["heat"], 0.5)
    Mark.objects.add(user, films["solaris"], Mark.Kind.WATCHLIST, when)
    Mark.objects.add(user, films["amelie"], Mark.Kind.SEEN)
    Mark.objects.add(user, films["heat"], Mark.Kind.NOT_INTERESTED)
    for watched in (Period(2021), Period(2021, 5), Period(2021, 5, 6), None):
        note = "=1+1\nTwo lines, “quoted”."
        Viewing.objects.log(
            user, films["alien"], watched, is_rewatch=bool(watched), note=note, tags=["a b", "-c"]
        )
    made = lifecycle.create(user, "+Sums", description="=A1", is_numbered=True, visibility="link")
    for film in ("heat", "amelie", "alien"):
        entries.add(made, films[film], note="@home" if film == "heat" else "")
    lifecycle.create(user, "Empty")


def wipe(user: User) -> None:
    for model in (Rating, Mark, Viewing, EarlierRating):
        model.objects.filter(user=user).delete()
    MovieList.objects.of(user).delete()


def exported(user: User) -> bytes:
    return b"".join(export(user))


def test_export_wipe_import(do_import: Import, films: dict[str, Movie], alice: User) -> None:
    fill(alice, films)
    content = exported(alice)
    before: dict[str, Any] = tables(content)
    assert all(before.values())
    wipe(alice)
    made = do_import(exports.named(content, "my-data.zip"))
    assert made.problems == []
    assert tables(exported(alice)) == before
