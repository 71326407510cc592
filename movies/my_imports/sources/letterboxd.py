"""Letterboxd: Settings > Data > Export, the zip or any of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry
from movies.my_imports.parsing.formats import CsvFile, NumberedItem, Source
from movies.my_imports.parsing.uploads import CSV, Member
from movies.my_imports.parsing.viewings import viewing

Kind = ImportedRow.Kind
# Those that a review may contain.
_TAGS_OF_HTML = re.compile(r"</?(?:a|b|blockquote|br|em|i|p|strong)\b[^<>]*>", re.IGNORECASE)


def _film(row: tables.Cells) -> dict:
    title = fields.text(row["name"])
    if not title:
        raise ValueError(_("the title is missing"))
    at = fields.moment(row.get("date"))
    return {"title": title, "year": fields.year(row["year"]), "at": at}


def read_rating(row: tables.Cells) -> Iterator[Entry]:
    value = fields.rating(row["rating"])
    yield Entry(Kind.RATING if value else Kind.SEEN, value=value or None, **_film(row))


def read_watchlist(row: tables.Cells) -> Iterator[Entry]:
    yield Entry(Kind.WATCHLIST, **_film(row))


def read_seen(row: tables.Cells) -> Iterator[Entry]:
    yield Entry(Kind.SEEN, **_film(row))


def read_diary(row: tables.Cells) -> Iterator[Entry]:
    """Diary and reviews: a viewing, with the rating of that evening if there was one."""
    film = _film(row)
    watched = fields.moment(row["watched date"]) or film["at"]
    value = fields.rating(row["rating"])
    film["at"] = film["at"] or watched
    yield Entry(Kind.RATING if value else Kind.SEEN, value=value or None, **film)
    yield viewing(
        {**film, "at": watched},
        rewatch=row["rewatch"].strip().casefold() == "yes",
        tags=row["tags"],
        note=_TAGS_OF_HTML.sub("", unescape(row.get("review", ""))),
    )


class ListFile:
    """lists/*.csv: a table of one row about the list, a blank line, the table of its films."""

    def claims(self, member: Member) -> bool:
        first = next(member.lines(), "") if member.format == CSV else ""
        return first.startswith("Letterboxd list export")

    def items(self, member: Member) -> Iterator[NumberedItem]:
        name, names = "", []
        for line, cells in tables.rows(member):
            columns = [tables.column_name(cell) for cell in cells]
            if columns[:1] == ["position"] and {"name", "year"} <= set(columns):
                names = columns
            elif names:
                for number, row in tables.named(names, [tables.NumberedRow(line, cells)]):
                    yield number, row if isinstance(row, ValueError) else {**row, "list": name}
            elif len(cells) >= 5 and columns[:2] != ["date", "name"]:
                name = cells[1]

    @staticmethod
    def read(row: tables.Cells) -> Iterator[Entry]:
        place, note = fields.number(row["position"]), row.get("description", "")
        name = fields.text(row["list"])[:100] or _("List from Letterboxd")
        yield Entry(Kind.LIST, list_name=name, details={"place": place, "note": note}, **_film(row))


_FILM = frozenset({"date", "name", "year", "letterboxd uri"})
_DIARY = _FILM | {"rating", "rewatch", "tags", "watched date"}
SOURCE = Source(
    "letterboxd",
    "Letterboxd",
    scale="5",
    where=gettext_lazy("Go to Settings > Data > Export your data. Upload the zip as it is."),
    ignored_folders=frozenset({"deleted", "orphaned"}),
    files=(
        CsvFile(read_diary, _DIARY),
        CsvFile(read_rating, _FILM | {"rating"}, without=frozenset({"rewatch"})),
        # These have the same columns; only their names tell them apart.
        *(
            CsvFile(read, _FILM, prefix=name, without=frozenset({"rating"}))
            for name, read in (
                ("watchlist", read_watchlist),
                ("watched", read_seen),
                ("films", read_seen),  # likes/films.csv
            )
        ),
        ListFile(),
    ),
)
