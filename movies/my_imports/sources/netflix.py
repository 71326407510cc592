"""Netflix: Account > Viewing activity > Download all. Films become "watched"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time

from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry, NotAFilm
from movies.my_imports.parsing.formats import CsvFile, NumberedItem, Source
from movies.my_imports.parsing.uploads import CSV, Member

# "Show: Season 1: Pilot" in several languages; "Show: Chapter: Episode" has two colons too.
_EPISODE = re.compile(
    r": (season|series|staffel|saison|temporada|stagione|seizoen|sæson|kausi|part|chapter|volume|"
    r"limited series|miniserie|mini-series|episode|folge)\b|:.*:",
    re.IGNORECASE,
)


class HistoryFile(CsvFile):
    """The dates are in the order of the account's language: all of them decide which it is."""

    def claims(self, member: Member) -> bool:
        return member.format == CSV and sorted(tables.header(member)) == ["date", "title"]

    def items(self, member: Member) -> Iterator[NumberedItem]:
        dates = (row["date"] for _, row in super().items(member) if isinstance(row, dict))
        day_first = fields.day_first_of([one for one in dates if "/" in one or "." in one])
        for line, row in super().items(member):
            yield line, row if isinstance(row, ValueError) else {**row, "day first": day_first}


def read_row(row: tables.Cells) -> Iterator[Entry]:
    """A date that could be two stays unknown."""
    title, plain = fields.text(row["title"]), row["date"].strip()
    if not title or _EPISODE.search(title):
        raise NotAFilm
    day_first, at = row["day first"], None
    if plain and (day_first is not None or "/" not in plain):
        day = fields.local_date(plain, bool(day_first))
        at = datetime.combine(day, time(12), UTC)
    yield Entry(ImportedRow.Kind.SEEN, title=title, at=at)


SOURCE = Source(
    "netflix",
    "Netflix",
    where=gettext_lazy("Go to Account > Viewing activity > Download all."),
    files=(HistoryFile(read_row, frozenset({"title", "date"})),),
)
