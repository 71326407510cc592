"""Reads a list of what the house owns: CSV with IMDb or TMDB ids.

The first line may name the columns (imdb_id, tmdb_id, title, in any order and usual spelling); in a
list without such a line, each cell like tt0113277 is an IMDb id and each number a TMDB id.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from movies.watching.owned import Owned, imdb_id, tmdb_id

MAX_BYTES, MAX_ROWS = 20 * 1024**2, 200_000
COLUMNS = {
    **dict.fromkeys(("imdbid", "imdb", "const"), "imdb_id"),
    **dict.fromkeys(("tmdbid", "tmdb", "themoviedb", "themoviedbid"), "tmdb_id"),
    **dict.fromkeys(("title", "name", "originaltitle"), "title"),
}
_IMDB, _NUMBER = re.compile(r"tt[0-9]{1,9}", re.ASCII), re.compile(r"[0-9]{1,9}", re.ASCII)
_SEPARATORS = ",;\t"


class FileError(Exception):
    """The file is no such list; the text says why."""


def read(content: bytes) -> list[Owned]:
    """
    Raises:
        FileError: too large, no CSV in UTF-8, empty, or without ids.
    """
    rows = [row for row in _rows(_decoded(content)) if any(row[1])]
    if not rows:
        raise FileError("The file is empty.")
    columns = _columns(rows[0][1])
    found = list(_named(rows[1:], columns) if columns else _nameless(rows))
    if not any(owned.imdb_id or owned.tmdb_id for owned in found):
        raise FileError("The file has no IMDb or TMDB ids; name their columns imdb_id or tmdb_id.")
    return found


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise FileError(f"The file is larger than {MAX_BYTES // 1024**2} megabytes.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(f"Line {line} is not UTF-8 text; save the file as UTF-8.") from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileError(f"Line {line} cannot be read: {error}.") from error
        if line > MAX_ROWS:
            raise FileError(f"The file has more than {MAX_ROWS:,} lines.")
        yield line, [cell.strip() for cell in cells]


def _columns(header: list[str]) -> Mapping[str, int]:
    """Places of the columns; none if the first line is a movie already."""
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = COLUMNS.get(re.sub(r"[\s_.-]", "", cell).casefold())
        if name:
            found.setdefault(name, place)
    return found if {"imdb_id", "tmdb_id"} & found.keys() else {}


def _named(rows: list[tuple[int, list[str]]], columns: Mapping[str, int]) -> Iterator[Owned]:
    for line, cells in rows:
        here = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        told = here.get("title") or here.get("imdb_id") or here.get("tmdb_id") or ""
        yield Owned(
            title=_of_line(line, told),
            imdb_id=imdb_id(here.get("imdb_id")),
            tmdb_id=tmdb_id(here.get("tmdb_id")),
        )


def _nameless(rows: list[tuple[int, list[str]]]) -> Iterator[Owned]:
    for line, cells in rows:
        imdb = next((cell for cell in cells if _IMDB.fullmatch(cell)), "")
        number = next((cell for cell in cells if _NUMBER.fullmatch(cell)), "")
        yield Owned(_of_line(line, " ".join(cells)), imdb_id(imdb), tmdb_id(number))


def _of_line(line: int, text: str) -> str:
    return f"line {line}: {text[:80]}"
