"""Any CSV table: the user says which column means what, and on which scale the ratings are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry, NoRating

KEY = "csv"
NAME = gettext_lazy("CSV table")
# What a column can mean, with names that are taken for it unless the user says otherwise.
MEANINGS: dict[str, tuple[str, ...]] = {
    "title": ("title", "name", "film", "movie", "movie title", "movietitle", "titel", "titre"),
    "year": ("year", "release year", "releasedate", "release date", "jahr", "annee", "año"),
    "rating": ("rating", "your rating", "my rating", "score", "stars", "vote", "rating10", "note"),
    "date": ("date", "rated at", "date rated", "watcheddate", "watched date", "votedate", "when"),
    "imdb_id": ("imdb id", "imdbid", "imdb", "const", "tconst"),
    "tmdb_id": ("tmdb id", "tmdbid", "tmdb"),
    "movielens_id": ("movielens id", "movielensid", "movieid"),
}
Columns = Mapping[str, str]  # meaning -> normalized name of a column


def guess(names: list[str]) -> dict[str, str]:
    """The columns whose names tell what they mean."""
    return {
        meaning: found
        for meaning, known in MEANINGS.items()
        if (found := next((name for name in known if name in names), ""))
    }


def column_of(name: str) -> str:
    """The normalized name, as headers are compared by."""
    return tables.column_name(name)


def problem(columns: Columns) -> str:
    """What is missing to import a table with these columns; '' if nothing is."""
    if not {"title", "imdb_id", "tmdb_id", "movielens_id"} & columns.keys():
        return _("Choose a column with titles, or one with IDs.")
    return ""


def reader(columns: Columns):
    """A function that reads a row; rows without a rating are "watched"."""

    def read(row: tables.Cells) -> Iterator[Entry]:
        cells = {meaning: row[name] for meaning, name in columns.items()}
        value = fields.rating(cells.get("rating"))
        film = {
            "title": fields.text(cells.get("title")),
            "year": fields.year(cells.get("year")),
            "imdb_id": fields.imdb_id(cells.get("imdb_id")),
            "tmdb_id": fields.number(cells.get("tmdb_id")),
            "movielens_id": fields.number(cells.get("movielens_id")),
        }
        if not any(film.values()):
            raise NoRating
        at = fields.moment(cells.get("date"))
        kind = ImportedRow.Kind.SEEN if value is None else ImportedRow.Kind.RATING
        yield Entry(kind, value=value, at=at, **film)

    return read
