"""Reads a list of what the house owns: CSV with IMDb or TMDB ids.

The first line may name the columns (imdb_id, tmdb_id, title, in any order and usual spelling); in a
list without such a line, each cell like tt0113277 is an IMDb id and each number a TMDB id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from movies.imports.catalogue_file.tables import csv_rows
from movies.imports.dataset import SourceError
from movies.watching.owned import Owned, imdb_id, tmdb_id

MAX_ROWS = 200_000
COLUMNS = {
    **dict.fromkeys(("imdbid", "imdb", "const"), "imdb_id"),
    **dict.fromkeys(("tmdbid", "tmdb", "themoviedb", "themoviedbid"), "tmdb_id"),
    **dict.fromkeys(("title", "name", "originaltitle"), "title"),
}
_IMDB, _NUMBER = re.compile(r"tt[0-9]{1,9}", re.ASCII), re.compile(r"[0-9]{1,9}", re.ASCII)


def read(name: str, content: bytes) -> list[Owned]:
    """
    Raises:
        SourceError: too large, no CSV in UTF-8, empty, or without ids.
    """
    rows = [(line, [cell.strip() for cell in cells]) for line, cells in csv_rows(name, content)]
    if not rows:
        raise SourceError(f"{name} is empty.")
    if len(rows) > MAX_ROWS:
        raise SourceError(f"{name} has more than {MAX_ROWS:,} lines.")
    columns = _columns(rows[0][1])
    found = list(_named(rows[1:], columns) if columns else _nameless(rows))
    if not any(owned.imdb_id or owned.tmdb_id for owned in found):
        raise SourceError(f"{name} has no IMDb or TMDB ids; name their columns imdb_id or tmdb_id.")
    return found


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
