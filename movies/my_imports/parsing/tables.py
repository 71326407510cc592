"""CSV tables, read strictly and by the names of their columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from cfsite.lib.text import one_line
from movies.my_imports.parsing.uploads import MAX_LINE_CHARACTERS, Member

Cells = dict[str, str]

_DELIMITERS = (",", ";", "\t")
_MAX_COLUMNS = 200


class NumberedRow(NamedTuple):
    line: int  # the last one of the row, in a file with line breaks in quotes
    cells: list[str]


def column_name(text: str) -> str:
    """'Your Rating', 'your_rating' and ' Your  rating' are one name."""
    return re.sub(r"[\W_]+", " ", one_line(text).casefold()).strip()


def rows(
    member: Member, lines: Iterable[str] | None = None, skipped: int = 0
) -> Iterator[NumberedRow]:
    """All rows that are not blank, the header first.

    `lines` may be the rest of the file's lines, after `skipped` ones.

    Raises:
        Refused: broken quotes, or a file that is no table.
    """
    remaining = iter(member.lines() if lines is None else lines)
    first = next(remaining, "")
    delimiter = max(_DELIMITERS, key=first.count)

    def all_lines() -> Iterator[str]:
        yield first
        yield from remaining

    reader = csv.reader(all_lines(), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if len(cells) > _MAX_COLUMNS:
                member.refuse(reader.line_num + skipped, _("the line has too many columns"))
            if any(cell.strip() for cell in cells):
                yield NumberedRow(reader.line_num + skipped, cells)
    except csv.Error as error:
        reason = _("the quotation marks don’t match up (%(error)s)") % {"error": error}
        member.refuse(reader.line_num + skipped, reason)


def header(member: Member) -> list[str]:
    """Normalized names of the columns; empty for an empty file."""
    first = next(rows(member), None)
    return [column_name(cell) for cell in first.cells] if first else []


def named(
    names: list[str], numbered: Iterable[NumberedRow]
) -> Iterator[tuple[int, Cells | ValueError]]:
    """Rows as cells by column, or what is wrong with the row; of two equal columns the first."""
    for line, cells in numbered:
        if len(cells) != len(names):
            text = _("the line has %(n)s columns but the header has %(expected)s")
            yield line, ValueError(text % {"n": len(cells), "expected": len(names)})
        else:
            yield line, dict(zip(reversed(names), reversed(cells), strict=True))


# Longer than the longest line, so that the line is what is refused.
csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_CHARACTERS))
