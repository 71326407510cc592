"""MovieLens: the ratings and the wishlist of an account on movielens.org."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry, NoRating
from movies.my_imports.parsing.formats import CsvFile, Source


def _film(row: tables.Cells) -> dict:
    return {
        "title": fields.text(row["title"]),
        "movielens_id": fields.number(row["movie id"]),
        "imdb_id": fields.imdb_id(row.get("imdb id")),
        "tmdb_id": fields.number(row.get("tmdb id")),
    }


def read_rating(row: tables.Cells) -> Iterator[Entry]:
    """There is no date in the file; `average_rating` is everybody's."""
    value = fields.rating(row["rating"])
    if not value:
        raise NoRating
    yield Entry(ImportedRow.Kind.RATING, value=value, **_film(row))


def read_wishlist(row: tables.Cells) -> Iterator[Entry]:
    yield Entry(ImportedRow.Kind.WATCHLIST, **_film(row))


_FILM = frozenset({"movie id", "imdb id", "tmdb id", "title"})
# What our own export has besides.
_NOT_OURS = frozenset({"movielens id", "year"})
SOURCE = Source(
    "movielens",
    "MovieLens",
    scale="5",
    where=gettext_lazy("Go to About your ratings > Import/export > Export ratings."),
    files=(
        CsvFile(read_rating, _FILM | {"rating", "average rating"}, without=_NOT_OURS),
        CsvFile(read_wishlist, _FILM, prefix="movielens-wishlist", without=_NOT_OURS),
    ),
)
