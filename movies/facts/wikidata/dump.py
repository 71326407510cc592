"""Facts from a dump of Wikidata: JSON, one item a line, as dumps.wikimedia.org has it.

The file is read twice, as a stream: first for the movies of the catalogue, then for the names of
the people, countries and languages that those mention. Memory grows with the catalogue, not with
the file.
"""

from __future__ import annotations

import bz2
import gzip
import json
import re
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from movies.facts.movie_facts import MOST_OF, MovieFacts, PersonFact
from movies.facts.wikidata.items import country_code_of, is_label, shortest_runtime
from movies.models import Credit

LONGEST_LINE = 64_000_000  # bytes; the largest items have five million
_SECONDS_OF = {"Q11574": 1, "Q7727": 60, "Q25235": 3600}
_IMDB_ID = re.compile(rb'"(tt\d{7,10})"')
_ITEM_ID = re.compile(rb'"id"\s*:\s*"(Q[1-9]\d{0,14})"')
_PEOPLE = {"directors": ("P57", Credit.Role.DIRECTOR), "writers": ("P58", Credit.Role.WRITER)}

Progress = Callable[[float], None]  # the share that is read, 0 to 1


class DumpError(Exception):
    """The file cannot be read."""


@dataclass
class _Names:
    """Names and codes of the items that movies mention."""

    wanted: set[str] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


def read_dump(
    path: Path, imdb_ids: Collection[str], on_progress: Progress = lambda share: None
) -> Iterator[MovieFacts]:
    """The facts of the movies with these IMDb ids, each with its `imdb_id`.

    Raises:
        DumpError: the file cannot be read to its end. Nothing was yielded then.
    """
    wanted, names = {one.encode() for one in imdb_ids}, _Names()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as movies:
        for line in _lines(path, lambda share: on_progress(share / 2)):
            if b'"P345"' in line and not wanted.isdisjoint(_IMDB_ID.findall(line)):
                for movie in _movies_of(_item(line), imdb_ids):
                    names.wanted.update(_mentioned(movie))
                    movies.write(json.dumps(movie) + "\n")
        for line in _lines(path, lambda share: on_progress(0.5 + share / 2)):
            found = _ITEM_ID.search(line, 0, 200)
            if found is None or found[1].decode() in names.wanted:
                _read_names(_item(line), names)
        movies.seek(0)
        for text in movies:
            yield _facts(json.loads(text), names)


def _lines(path: Path, on_progress: Progress) -> Iterator[bytes]:
    """The lines of the file, without those that are too long for an item."""
    try:
        size = path.stat().st_size or 1
        with path.open("rb") as file, _uncompressed(path, file) as stream:
            for number in range(10**12):
                line = stream.readline(LONGEST_LINE)
                if not line:
                    return
                if len(line) < LONGEST_LINE:
                    yield line
                else:
                    while line and not line.endswith(b"\n"):
                        line = stream.readline(LONGEST_LINE)
                if number % 5000 == 0:
                    on_progress(min(1.0, file.tell() / size))
    except (OSError, EOFError, zlib.error) as error:
        raise DumpError(f"{path} cannot be read to its end: {error}") from error


def _uncompressed(path: Path, file: IO[bytes]) -> Any:
    if path.suffix == ".gz":
        return gzip.open(file)
    return bz2.open(file) if path.suffix == ".bz2" else file


def _item(line: bytes) -> dict[str, Any]:
    """The item of a line; {} for brackets and garbage."""
    try:
        item = json.loads(line.strip().rstrip(b","))
    except (ValueError, RecursionError):
        return {}
    return item if isinstance(item, dict) else {}


def _movies_of(item: dict[str, Any], imdb_ids: Collection[str]) -> Iterator[dict[str, Any]]:
    """The item as small as it gets, ids in place of names; once for each of its IMDb ids."""
    movie = {
        "item": item.get("id"),
        "original_title": next(iter(_texts(item, "P1476")), ""),
        "title": _label(item),
        "year": min(_years(item), default=None),
        "runtime": shortest_runtime(_durations(item)),
        "countries": list(_items(item, "P495")),
        "languages": list(_items(item, "P364")),
        "cast": _cast(item),
        "tmdb_ids": [text for text in _texts(item, "P4947") if text.isascii() and text.isdigit()],
    }
    for name, (claim, role) in _PEOPLE.items():
        movie[name] = list(_items(item, claim))[: MOST_OF[role]]
    for imdb_id in _texts(item, "P345"):
        if imdb_id in imdb_ids:
            yield {**movie, "imdb_id": imdb_id}


def _mentioned(movie: dict[str, Any]) -> Iterator[str]:
    for name in ("countries", "languages", *_PEOPLE):
        yield from movie[name]
    for person, part in movie["cast"]:
        yield person
        yield part  # an item or a text; a text is nobody's id


def _facts(movie: dict[str, Any], names: _Names) -> MovieFacts:
    def people(rows: list[tuple[str, str]]) -> tuple[PersonFact, ...]:
        return tuple(
            PersonFact(label, _part(part, names), wikidata_id=person)
            for person, part in rows
            if (label := names.labels.get(person))
        )

    tmdb_ids = {int(text[:12]) for text in movie["tmdb_ids"]}
    return MovieFacts(
        title=movie["title"],
        original_title=movie["original_title"],
        year=movie["year"],
        runtime=movie["runtime"],
        countries=tuple(
            country_code_of(item, names.codes.get(item, "")) for item in movie["countries"]
        ),
        languages=tuple(names.codes.get(item, "") for item in movie["languages"]),
        directors=people([(person, "") for person in movie["directors"]]),
        writers=people([(person, "") for person in movie["writers"]]),
        cast=people(movie["cast"]),
        imdb_id=movie["imdb_id"],
        tmdb_id=tmdb_ids.pop() if len(tmdb_ids) == 1 else None,
        wikidata_id=movie["item"],
    ).cleaned()


def _part(part: str, names: _Names) -> str:
    """The name of a part, which is given as an item or as a text."""
    return names.labels.get(part, part if is_label(part) else "")


def _read_names(item: dict[str, Any], names: _Names) -> None:
    key = item.get("id")
    if key not in names.wanted:
        return
    names.labels[key] = _label(item)
    for claim in ("P297", "P218", "P220"):
        if code := next(iter(_texts(item, claim)), ""):
            names.codes[key] = code
            return


def _label(item: dict[str, Any]) -> str:
    labels = item.get("labels")
    for language in ("en", "mul"):
        label = labels.get(language) if isinstance(labels, dict) else None
        if isinstance(label, dict) and isinstance(label.get("value"), str):
            return label["value"]
    return ""


def _statements(item: dict[str, Any], claim: str) -> list[dict[str, Any]]:
    """Those of the best rank, in Wikidata's order."""
    claims = item.get("claims")
    found = claims.get(claim) if isinstance(claims, dict) else None
    rows = [row for row in found or () if isinstance(row, dict)] if isinstance(found, list) else []
    preferred = [row for row in rows if row.get("rank") == "preferred"]
    return preferred or [row for row in rows if row.get("rank") == "normal"]


def _value(snak: object) -> Any:
    data = snak.get("datavalue") if isinstance(snak, dict) else None
    return data.get("value") if isinstance(data, dict) else None


def _values(item: dict[str, Any], claim: str) -> Iterator[Any]:
    return (_value(row.get("mainsnak")) for row in _statements(item, claim))


def _texts(item: dict[str, Any], claim: str) -> Iterator[str]:
    for value in _values(item, claim):
        text = value.get("text") if isinstance(value, dict) else value
        if isinstance(text, str):
            yield text


def _items(item: dict[str, Any], claim: str) -> Iterator[str]:
    return (found for value in _values(item, claim) if (found := _item_id(value)))


def _item_id(value: object) -> str:
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _years(item: dict[str, Any]) -> Iterator[int]:
    for value in _values(item, "P577"):
        time = value.get("time") if isinstance(value, dict) else None
        if match := re.match(r"\+(\d{4})-", str(time)):
            yield int(match[1])


def _durations(item: dict[str, Any]) -> Iterator[float]:
    for value in _values(item, "P2047"):
        if isinstance(value, dict):
            unit = _SECONDS_OF.get(str(value.get("unit")).rpartition("/")[2])
            amount = re.fullmatch(r"\+(\d{1,6}(?:\.\d+)?)", str(value.get("amount")))
            if unit and amount:
                yield float(amount[1]) * unit


def _cast(item: dict[str, Any]) -> list[tuple[str, str]]:
    """Person and part (an item or a text), in the order stated, else of the statements."""
    rows = []
    for row in _statements(item, "P161"):
        if person := _item_id(_value(row.get("mainsnak"))):
            place = str(_qualifier(row, "P1545") or "")
            part = _item_id(_qualifier(row, "P453")) or _qualifier(row, "P4633") or ""
            order = int(place) if place.isascii() and place.isdigit() else 10**6
            rows.append((order, person, part if isinstance(part, str) else ""))
    rows.sort(key=lambda row: row[0])
    return [(person, part) for _order, person, part in rows[: MOST_OF[Credit.Role.CAST]]]


def _qualifier(statement: dict[str, Any], name: str) -> Any:
    qualifiers = statement.get("qualifiers")
    found = qualifiers.get(name) if isinstance(qualifiers, dict) else None
    return _value(found[0]) if isinstance(found, list) and found else None
