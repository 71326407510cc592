"""Which rows of other models follow a movie that is merged into another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models


@dataclass(frozen=True)
class MovieRows:
    """A model with a foreign key `movie`, by its label: "movies.Rating"."""

    label: str
    # What is unique together with the movie; None if rows never conflict.
    key: tuple[str, ...] | None = None
    newest_by: str = ""  # of two rows with one key, the later by this column stays
    user: str = ""  # path to whose row it is

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    def of(self, movie_id: int) -> models.QuerySet:
        return self.model._base_manager.filter(movie=movie_id)

    def key_of(self, row: models.Model) -> tuple:
        return tuple(getattr(row, name) for name in self.key or ())

    def user_id_of(self, row: models.Model) -> int | None:
        found: object = row
        for name in filter(None, self.user.split(".")):
            found = getattr(found, name)
        return found if isinstance(found, int) else None


# Models of later apps are named here and not imported. A test fails where a model with a foreign
# key to Movie is in neither list.
FOLLOWING: tuple[MovieRows, ...] = (
    MovieRows("movies.Rating", ("user_id",), "updated_at", "user_id"),
    MovieRows("movies.EarlierRating"),
    MovieRows("movies.Mark", ("user_id", "kind"), "created_at", "user_id"),
    MovieRows("movies.ListEntry", ("movie_list_id",), "added_at", "movie_list.owner_id"),
    MovieRows("movies.Viewing"),
    MovieRows("movies.ImportedRow"),
    MovieRows("movies.MovieRequest"),
    MovieRows("movies.LibraryItem", ("library_id",), "pk"),
    MovieRows("recommender.LoggedPrediction", ("user_id",), "rated_at", "user_id"),
    MovieRows("recommender.StartingAnswer", ("user_id", "kind"), "created_at", "user_id"),
    MovieRows("recommender.GuestRating", ("guest_id",), "rated_at"),
    MovieRows("recommender.TriedRating", ("visitor",), "rated_at"),
)
# Facts follow where the surviving movie has none (facts.py); factors are redirected when they are
# loaded, so that undo has them.
STAYING = frozenset(
    {
        "movies.AlternativeTitle",
        "movies.Credit",
        "movies.FactFetch",
        "movies.Offer",
        "movies.OfferFetch",
        "movies.TmdbPoster",
        "movies.MovieMerge",
        "movies.Movie",
        "recommender.MovieFactors",
    }
)
CHUNK = 500


def chunks(pks: Iterable[int]) -> Iterable[list[int]]:
    """In the order of the keys, so that two writers never wait for each other."""
    ordered = sorted(pks)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def point_to(rows: models.QuerySet, pks: Iterable[int], movie_id: int) -> None:
    """Make those of `rows` with these keys rows of the movie."""
    for some in chunks(pks):
        rows.filter(pk__in=some).update(movie=movie_id)


def as_json(row: models.Model) -> dict[str, Any]:
    """All columns of the row, times to the microsecond (Django's serializer cuts them)."""
    values = {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def from_json(model: type[models.Model], values: dict[str, Any]) -> models.Model:
    """The row, unsaved."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: fields[name].to_python(value) for name, value in values.items()})
