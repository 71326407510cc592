"""An export of a site like this one: Settings > Download my data."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cfsite.lib.safe_csv import original_cell
from movies.models import ImportedRow, Mark, MovieList
from movies.models.lists import LONGEST_DESCRIPTION, LONGEST_NAME
from movies.models.viewings import clean_note
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry
from movies.my_imports.parsing.formats import CsvFile, Source
from movies.my_imports.parsing.viewings import viewing
from movies.periods import Period

Kind = ImportedRow.Kind


def _cell(row: tables.Cells, name: str) -> str:
    return original_cell(row.get(name, ""))


def _film(row: tables.Cells) -> dict:
    """Numbers of this site's own, `movie_id`, mean other movies elsewhere and are not used."""
    return {
        "title": fields.text(_cell(row, "title")),
        "year": fields.year(row["year"]),
        "imdb_id": fields.imdb_id(row["imdb id"]),
        "tmdb_id": fields.number(row["tmdb id"]),
        "movielens_id": fields.number(row["movielens id"]),
    }


def read_rating(row: tables.Cells) -> Iterator[Entry]:
    yield Entry(
        Kind.RATING,
        value=fields.rating(row["stars"]),
        at=fields.moment(row["rated at"]),
        **_film(row),
    )


def read_mark(row: tables.Cells) -> Iterator[Entry]:
    yield Entry(
        Kind(Mark.Kind(row["kind"].strip())), at=fields.moment(row["created at"]), **_film(row)
    )


def read_list(row: tables.Cells) -> Iterator[Entry]:
    """Its link is made anew: the old one may be in use elsewhere."""
    name = fields.text(_cell(row, "name"), LONGEST_NAME)
    if not name:
        raise ValueError(_("the name is missing"))
    settings = {
        "description": clean_note(_cell(row, "description"))[:LONGEST_DESCRIPTION],
        "is_numbered": row["is numbered"].strip().casefold() == "true",
        "visibility": MovieList.Visibility(row["visibility"].strip()).value,
    }
    yield Entry(Kind.LIST_ITSELF, list_name=name, details=settings)


def read_list_entry(row: tables.Cells) -> Iterator[Entry]:
    details = {"place": fields.number(row["place"]), "note": _cell(row, "note")}
    yield Entry(
        Kind.LIST,
        list_name=fields.text(_cell(row, "list"), LONGEST_NAME),
        at=fields.moment(row["added at"]),
        details=details,
        **_film(row),
    )


def read_viewing(row: tables.Cells) -> Iterator[Entry]:
    watched = row["watched"].strip()
    if watched and Period.parse(watched) is None:
        raise ValueError(_("“%(value)s” isn’t a date") % {"value": watched[:40]})
    yield viewing(
        {**_film(row), "at": fields.moment(row["created at"])},
        watched=watched or "unknown",
        rewatch=row["is rewatch"].strip().casefold() == "true",
        tags=_cell(row, "tags"),
        note=_cell(row, "note"),
    )


_FILM = frozenset({"movie id", "title", "year", "imdb id", "tmdb id", "movielens id"})
SOURCE = Source(
    "cfsite",
    "cfsite",
    scale="5",
    where=gettext_lazy("On that site, go to Settings > Download my data. Upload the zip as it is."),
    files=(
        CsvFile(read_rating, _FILM | {"stars", "rated at"}),
        CsvFile(read_viewing, _FILM | {"watched", "is rewatch", "tags", "note"}),
        CsvFile(read_mark, _FILM | {"kind", "created at"}),
        CsvFile(read_list, frozenset({"list id", "name", "is numbered", "visibility"})),
        CsvFile(read_list_entry, _FILM | {"list id", "list", "place"}),
    ),
)
