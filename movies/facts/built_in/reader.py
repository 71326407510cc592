"""Reads the files of built-in facts."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from movies.facts.codes import country_code, language_code
from movies.facts.movie_facts import MovieFacts, PersonFact

FOLDER = Path(__file__).parent
COLUMNS = (
    *("title", "year", "original_title", "directors", "cast", "runtime"),
    *("countries", "languages", "imdb_id", "description"),
)
LONGEST_RUNTIME, LONGEST_DESCRIPTION = 600, 300


@dataclass(frozen=True)
class Line:
    """A line of a file: its facts, or what is wrong with it."""

    place: str  # "films.csv:12"
    facts: MovieFacts | None
    problem: str = ""


def files(folder: Path | None = None) -> list[Path]:
    return sorted((folder or FOLDER).glob("*.csv"))


def read_lines(folder: Path | None = None) -> Iterator[Line]:
    """All lines of all files, of cfsite's own folder if none is given."""
    for path in files(folder):
        try:
            with path.open(encoding="utf-8", newline="") as file:
                yield from _lines(path.name, csv.DictReader(file, strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            yield Line(path.name, None, str(error))


def _lines(name: str, rows: csv.DictReader) -> Iterator[Line]:
    if tuple(rows.fieldnames or ()) != COLUMNS:
        yield Line(name, None, f"its columns are not {','.join(COLUMNS)}")
        return
    for row in rows:
        place = f"{name}:{rows.line_num}"
        try:
            yield Line(place, _facts(row))
        except ValueError as error:
            yield Line(place, None, str(error))


def _facts(row: dict[str, str]) -> MovieFacts:
    if None in row or None in row.values():
        raise ValueError("more or fewer cells than columns")
    facts = MovieFacts(
        title=row["title"],
        original_title=row["original_title"],
        year=int(row["year"]),
        runtime=_runtime(row["runtime"]),
        countries=_codes(row["countries"], country_code),
        languages=_codes(row["languages"], language_code),
        description=_description(row["description"]),
        directors=_people(row["directors"]),
        cast=_people(row["cast"]),
        imdb_id=row["imdb_id"],
    )
    if facts.cleaned() != facts:
        raise ValueError("something is repeated, too long, out of range or has odd blanks")
    if not facts.title:
        raise ValueError("no title")
    return facts


def _runtime(cell: str) -> int | None:
    minutes = int(cell) if cell else None
    if minutes is not None and not 1 <= minutes <= LONGEST_RUNTIME:
        raise ValueError(f"a runtime of {minutes} minutes")
    return minutes


def _codes(cell: str, check: Callable[[object], str]) -> tuple[str, ...]:
    codes = tuple(cell.split())
    wrong = [code for code in codes if check(code) != code]
    if wrong:
        raise ValueError(f"no such code: {', '.join(wrong)}")
    return codes


def _people(cell: str) -> tuple[PersonFact, ...]:
    return tuple(PersonFact(name) for name in cell.split("|")) if cell else ()


def _description(cell: str) -> str:
    if len(cell) > LONGEST_DESCRIPTION:
        raise ValueError(f"a description of {len(cell)} characters")
    if cell and not cell.endswith("."):
        raise ValueError("a description without a full stop")
    return cell
