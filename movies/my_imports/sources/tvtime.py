"""TV Time: the zip of its data export. Series are left out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry, NoRating, NotAFilm
from movies.my_imports.parsing.formats import CsvFile, Source

Kind = ImportedRow.Kind
# Its five answers from "bad" to "wow", by the number at the end of `vote_key`.
STARS = {"1": 1, "27": 2, "28": 3, "29": 4, "3": 5}


def read_tracking(row: tables.Cells) -> Iterator[Entry]:
    kind = row["type"].strip().casefold()
    if row["entity type"].strip().casefold() != "movie" or not row["movie name"].strip():
        raise NotAFilm
    if kind not in ("watch", "follow", "towatch"):
        raise NoRating  # counts of everything watched
    yield Entry(
        Kind.SEEN if kind == "watch" else Kind.WATCHLIST,
        title=fields.text(row["movie name"]),
        year=fields.year(row.get("release date", "")[:10]),
        at=fields.moment(row.get("created at")),
    )


def read_vote(row: tables.Cells) -> Iterator[Entry]:
    """A vote has neither date nor year."""
    title = fields.text(row["movie name"])
    if not title:
        raise NotAFilm
    stars = STARS.get(row["vote key"].rpartition("-")[2].strip())
    if stars is None:
        raise NoRating
    yield Entry(Kind.RATING, title=title, value=Decimal(stars))


SOURCE = Source(
    "tvtime",
    "TV Time",
    scale="5",
    where=gettext_lazy("Upload the zip that TV Time sent you, as it is."),
    files=(
        CsvFile(read_tracking, frozenset({"type uuid n", "type", "entity type", "movie name"})),
        # Files of emotions have the same columns.
        CsvFile(read_vote, frozenset({"vote key", "movie name"}), prefix="ratings-"),
    ),
)
