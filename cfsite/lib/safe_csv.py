"""CSV files that spreadsheets open without calculating anything, and that read back equal.

A spreadsheet takes a cell that begins with "=", "+", "-", "@", a tab or a line break for a formula,
also inside quotes. An apostrophe before it makes it text. Cells that begin with apostrophes and
then such a character get one more, so that `original_cell` always knows which one to remove; all
other cells are written as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def safe_cell(text: str) -> str:
    """The text as no spreadsheet calculates it."""
    return f"'{text}" if _FORMULA.match(text) else text


def original_cell(cell: str) -> str:
    """The text of which `safe_cell` made this cell."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file, row by row; empty cells stand for None."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def read(file: IO[bytes]) -> Iterator[dict[str, str]]:
    """The rows of a file that `lines` wrote, by column."""
    for row in csv.DictReader(io.TextIOWrapper(file, "utf-8-sig", newline=""), strict=True):
        yield {name: original_cell(cell) for name, cell in row.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return safe_cell(value) if isinstance(value, str) else value
