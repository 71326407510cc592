"""Reads a file of movies; columns are found by their names, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from cfsite.lib.text import one_line, paragraphs
from movies.imports.catalogue_file.tables import rows_of
from movies.imports.dataset import Reject, SourceError
from movies.imports.movielens.movies import parse_genres
from movies.imports.movielens.titles import parse_title
from movies.models import Movie
from movies.titles import article_in_front, title_key

MAX_ROWS = 100_000
MAX_REJECTS = 20

# By the name of a column without case, blanks and underscores.
COLUMNS = {
    "title": "title",
    "name": "title",
    "originaltitle": "original_title",
    "year": "year",
    "genres": "genres",
    "genre": "genres",
    "description": "description",
    "runtime": "runtime",
    "runtimeminutes": "runtime",
    "countries": "countries",
    "languages": "languages",
    "wikidataid": "wikidata_id",
    "movieid": "movielens_id",
    "movielensid": "movielens_id",
    "imdbid": "imdb_id",
    "tmdbid": "tmdb_id",
}
_NUMBERS = ("year", "runtime", "movielens_id", "tmdb_id")


@dataclass(frozen=True)
class CatalogueLine:
    line: int
    fields: dict[str, Any]  # fields of Movie that the line fills in, none of them blank
    genres: tuple[str, ...] = ()


@dataclass
class CatalogueFile:
    name: str
    lines: list[CatalogueLine] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    n_rejected: int = 0
    ignored_columns: list[str] = field(default_factory=list)
    most_rejects: int = MAX_REJECTS  # that are kept

    def reject(self, line: int, reason: str) -> None:
        self.n_rejected += 1
        if len(self.rejects) < self.most_rejects:
            self.rejects.append(Reject(self.name, line, reason))


def read_catalogue_file(
    name: str, content: bytes, most_rejects: int = MAX_REJECTS
) -> CatalogueFile:
    """
    Raises:
        SourceError: The file is too large, no table, empty, or has no column "title".
    """
    found = CatalogueFile(name, most_rejects=most_rejects)
    rows = rows_of(name, content)
    header = next(rows, (1, []))[1]
    columns = _columns(found, header)
    seen: dict[tuple[str, Any], int] = {}
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(found.lines) >= MAX_ROWS:
            raise SourceError(f"{name} has more than {MAX_ROWS:,} movies.")
        try:
            if len(cells) != len(header):
                raise ValueError(f"{len(cells)} fields where the first line has {len(header)}")
            parsed = _parse(line, {key: cells[at].strip() for key, at in columns.items()})
            _refuse_repeated(parsed, seen)
        except ValueError as error:
            found.reject(line, str(error))
        else:
            found.lines.append(parsed)
    if not found.lines and not found.n_rejected:
        raise SourceError(f"{name} holds no movies.")
    return found


def _columns(found: CatalogueFile, header: list[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(header):
        field_name = COLUMNS.get(re.sub(r"[\s_-]", "", cell).casefold())
        if field_name is None:
            if cell.strip():
                found.ignored_columns.append(cell.strip()[:40])
        elif field_name in columns:
            raise SourceError(f"{found.name}: two columns say {field_name}.")
        else:
            columns[field_name] = at
    if "title" not in columns:
        names = ", ".join(header)[:120]
        raise SourceError(f'{found.name}: no column is named "title"; the first line is {names!r}.')
    return columns


def _parse(line: int, cells: dict[str, str]) -> CatalogueLine:
    cells = {
        name: paragraphs(cell) if name == "description" else one_line(cell)
        for name, cell in cells.items()
    }
    fields: dict[str, Any] = {
        name: _number(name, cell) if name in _NUMBERS else cell
        for name, cell in cells.items()
        if cell and name not in ("genres", "imdb_id")
    }
    if not fields.get("title"):
        raise ValueError("no title")
    if "year" not in fields:
        _take_year_from_title(fields, has_years="year" in cells)
    fields["title"] = article_in_front(fields["title"])
    if cells.get("imdb_id"):
        fields["imdb_id"] = _imdb_id(cells["imdb_id"])
    genres = re.split(r"[|,;]", cells.get("genres", ""))
    _refuse_invalid(fields)
    return CatalogueLine(line, fields, parse_genres(genres))


def _take_year_from_title(fields: dict[str, Any], *, has_years: bool) -> None:
    """has_years: the file has a column of years, so other parentheses belong to the title."""
    parsed = parse_title(fields["title"])
    if has_years and not parsed.year:
        return
    fields["title"] = parsed.title
    if parsed.year:
        fields["year"] = parsed.year
    if parsed.original_title:
        fields.setdefault("original_title", parsed.original_title)


def _number(name: str, cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}(?:\.0)?", cell):  # spreadsheets write 1994.0
        raise ValueError(f"{name} is no number: {cell[:40]!r}")
    return int(cell.removesuffix(".0"))


def _imdb_id(cell: str) -> str:
    match = re.fullmatch(r"(?:tt)?([0-9]{1,9})", cell)
    if not match:
        raise ValueError(f"no IMDb id: {cell[:40]!r}")
    return f"tt{int(match[1]):07d}"


def _refuse_invalid(fields: dict[str, Any]) -> None:
    """As the admin's form would refuse them."""
    others = [each.name for each in Movie._meta.fields if each.name not in fields]
    try:
        Movie(**fields).clean_fields(exclude=others)
    except ValidationError as error:
        name, problems = next(iter(error.message_dict.items()))
        raise ValueError(f"{name}: {problems[0]}") from error


def _refuse_repeated(parsed: CatalogueLine, seen: dict[tuple[str, Any], int]) -> None:
    for key in keys_of(parsed.fields):
        if (first := seen.setdefault(key, parsed.line)) != parsed.line:
            raise ValueError(f"the same movie as on line {first}")


def keys_of(fields: dict[str, Any]) -> list[tuple[str, Any]]:
    """What identifies a movie: its ids; without any, its title and year."""
    for names in (("movielens_id", "imdb_id"), ("wikidata_id",)):  # two movies may share the latter
        if keys := [(name, fields[name]) for name in names if fields.get(name)]:
            return keys
    return [("title", (title_key(fields["title"]), fields.get("year")))]
