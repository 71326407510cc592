"""A table from a CSV, JSON or Excel file, as numbered rows of text."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from cfsite.lib.safe_csv import original_cell
from movies.imports.dataset import SourceError

MAX_BYTES = 20 * 1024**2
# An Excel file is a zip archive.
MAX_UNPACKED_BYTES = 128 * 1024**2
# openpyxl makes an object of each style and each part, of some hundred times the size of its XML.
MAX_PART_BYTES = 1024**2
_TEXT_PARTS = ("xl/worksheets/", "xl/sharedStrings.xml")
# For a row number far down, openpyxl returns all the empty rows before it.
EXCELS_ROWS = 1_048_576
MAX_COLUMNS = 100
_SEPARATORS = ",;\t"

Row = tuple[int, list[str]]  # its number in the file, its cells; the first has the columns' names


def rows_of(name: str, content: bytes) -> Iterator[Row]:
    """
    Raises:
        SourceError: the file is too large, empty, or not what its name says.
    """
    lower = name.lower()
    if lower.endswith(".xlsx"):
        found = _of_excel(name, _bounded(name, content))
    elif lower.endswith(".json"):
        found = _of_json(name, _decoded(name, content))
    else:
        found = csv_rows(name, content)
    for number, cells in found:
        if len(cells) > MAX_COLUMNS:
            raise SourceError(f"{name}, line {number}: more than {MAX_COLUMNS} columns.")
        try:
            "".join(cells).encode()
        except UnicodeEncodeError as error:
            raise SourceError(f"{name}, line {number}: half of a surrogate pair.") from error
        yield number, [original_cell(cell) for cell in cells]


def _bounded(name: str, content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise SourceError(f"{name} is larger than {MAX_BYTES // 1024**2} megabytes.")
    return content


def _decoded(name: str, content: bytes) -> str:
    try:
        text = _bounded(name, content).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{name}, line {line}: not UTF-8 text; save it as UTF-8.") from error
    if not text.strip():
        raise SourceError(f"{name} is empty.")
    return text


def csv_rows(name: str, content: bytes) -> Iterator[Row]:
    """Rows that are not empty; one may go over several lines in quotes.

    Raises:
        SourceError: the file is too large, empty, or no CSV in UTF-8.
    """
    text = _decoded(name, content)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SourceError(f"{name}, line {line}: {error}.") from error
        if cells:
            yield line, cells


def _of_json(name: str, text: str) -> Iterator[Row]:
    """A list of objects. Row 1 is made of their keys, so the first object is row 2."""
    try:
        objects = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is not JSON: {str(error)[:200]}.") from error
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        raise SourceError(f"{name} is not a list of movies: [{{...}}, {{...}}].")
    if not objects:
        raise SourceError(f"{name} holds no movies.")
    columns = list(dict.fromkeys(key for each in objects for key in each))[:MAX_COLUMNS]
    yield 1, columns
    for number, each in enumerate(objects, 2):
        for column in columns:
            if _is_nested(each.get(column)):
                raise SourceError(f"{name}, line {number}: {column[:40]!r} is no text or number.")
        yield number, [_text(each.get(column)) for column in columns]


def _of_excel(name: str, content: bytes) -> Iterator[Row]:
    """The first sheet, without the columns after the first hundred."""
    from openpyxl import load_workbook  # takes a quarter of a second to import

    try:
        _refuse_bomb(name, content)
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > EXCELS_ROWS:
                raise SourceError(f"{name} has more rows than Excel writes.")
            found = [_text(cell) for cell in islice(cells, MAX_COLUMNS)]
            if any(found):
                yield number, found
    except SourceError:
        raise
    except Exception as error:  # of many kinds, from two libraries
        raise SourceError(f"{name} is not an Excel file that can be read.") from error


def _refuse_bomb(name: str, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    is_large = sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES or any(
        part.file_size > MAX_PART_BYTES
        for part in parts
        if part.filename.endswith((".xml", ".rels")) and not part.filename.startswith(_TEXT_PARTS)
    )
    if is_large:
        raise SourceError(f"{name} is too large when unpacked.")


def _is_nested(value: Any) -> bool:
    """Not a text, number or list of them. What is nested deeply would overflow the stack."""
    values = value if isinstance(value, list) else [value]
    return any(isinstance(each, list | dict) for each in values)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(map(_text, value))
    return "" if value is None else str(value)
