"""TMDB: Settings > Export of ratings or watchlist."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry, NotAFilm
from movies.my_imports.parsing.formats import CsvFile, Source


def read_row(row: tables.Cells) -> Iterator[Entry]:
    """`Rating` is the average on TMDB; `Your Rating` is blank on a watchlist."""
    if row["type"].strip().casefold() != "movie":
        raise NotAFilm
    value = fields.rating(row["your rating"])
    yield Entry(
        ImportedRow.Kind.RATING if value else ImportedRow.Kind.WATCHLIST,
        title=fields.text(row["name"]),
        year=fields.year(row["release date"]),
        imdb_id=fields.imdb_id(row.get("imdb id")),
        tmdb_id=fields.number(row["tmdb id"]),
        value=value or None,
        at=fields.moment(row.get("date rated")),
    )


SOURCE = Source(
    "tmdb",
    "TMDB",
    scale="10",
    where=gettext_lazy("Open your ratings or watchlist, then choose Export."),
    files=(
        CsvFile(read_row, frozenset({"tmdb id", "type", "name", "release date", "your rating"})),
    ),
)
