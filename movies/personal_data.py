"""What the catalogue keeps of one person: ratings, marks, and what names the movies elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from accounts.models import User
from accounts.personal_data import Table
from movies.models import Mark, Rating

MOVIE = ("movie_id", "title", "year", "imdb_id", "tmdb_id", "movielens_id")
_MOVIE_FIELDS = ("movie_id", *(f"movie__{name}" for name in MOVIE[1:]))


def _ratings(user: User) -> Iterator[tuple]:
    rows = Rating.objects.of(user).annotate(stars=F("half_stars") / 2.0).order_by("rated_at", "pk")
    fields = ("stars", "rated_at", "updated_at", "prediction_shown")
    return rows.values_list(*_MOVIE_FIELDS, *fields).iterator()


def _marks(user: User) -> Iterator[tuple]:
    rows = Mark.objects.filter(user=user).order_by("created_at", "pk")
    return rows.values_list(*_MOVIE_FIELDS, "kind", "created_at").iterator()


TABLES = (
    Table(
        "ratings",
        "your ratings, oldest first",
        (*MOVIE, "stars", "rated_at", "updated_at", "prediction_shown"),
        _ratings,
    ),
    Table(
        "marks",
        "your watchlist, and what you put away",
        (*MOVIE, "kind", "created_at"),
        _marks,
    ),
)
