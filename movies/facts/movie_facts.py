"""The facts that a source has of a movie, cleaned of what cannot be stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cfsite.lib.text import one_line, paragraphs
from movies.facts.codes import country_code, language_code
from movies.models import EARLIEST_YEAR, LATEST_YEAR, Credit
from movies.titles import fold

LONGEST_RUNTIME = 1500  # minutes; the longest movie of MovieLens has 877
MOST_OF = {Credit.Role.DIRECTOR: 10, Credit.Role.WRITER: 10, Credit.Role.CAST: 15}
MOST_CODES, MOST_TITLES = 10, 50
LONGEST_DESCRIPTION = 5000
_LARGEST_ID = 2**31 - 1
_MOVIE_IMDB_ID, _PERSON_IMDB_ID = re.compile(r"tt\d{7,10}"), re.compile(r"nm\d{7,10}")
_WIKIDATA_ID = re.compile(r"Q[1-9]\d{0,14}")


@dataclass(frozen=True)
class PersonFact:
    """Somebody of a movie; the ids that the source knows."""

    name: str
    character: str = ""
    imdb_id: str = ""
    tmdb_id: int | None = None
    wikidata_id: str = ""

    @property
    def ids(self) -> dict[str, Any]:
        """Field of `Person` -> value, the known ones."""
        ids = {
            "wikidata_id": self.wikidata_id,
            "tmdb_id": self.tmdb_id,
            "imdb_id": self.imdb_id,
        }
        return {name: value for name, value in ids.items() if value}


@dataclass(frozen=True)
class MovieFacts:
    """What one source knows of one movie; what it does not know is empty.

    Genres are none of them: fits learn from genres, and TMDB's terms forbid learning from theirs.
    """

    title: str = ""
    original_title: str = ""
    alternative_titles: tuple[str, ...] = ()
    year: int | None = None
    runtime: int | None = None  # minutes
    countries: tuple[str, ...] = ()  # ISO 3166-1, the main one first
    languages: tuple[str, ...] = ()  # ISO 639-1, else 639-3
    description: str = ""
    directors: tuple[PersonFact, ...] = ()
    writers: tuple[PersonFact, ...] = ()
    cast: tuple[PersonFact, ...] = field(default=())  # in order of billing
    imdb_id: str = ""
    tmdb_id: int | None = None
    wikidata_id: str = ""

    @property
    def people(self) -> dict[str, tuple[PersonFact, ...]]:
        """Role of `Credit` -> people."""
        return {
            Credit.Role.DIRECTOR: self.directors,
            Credit.Role.WRITER: self.writers,
            Credit.Role.CAST: self.cast,
        }

    @property
    def columns(self) -> dict[str, Any]:
        """Field of `Movie` -> value, without empty ones."""
        values = {
            "title": self.title,
            "original_title": self.original_title,
            "year": self.year,
            "runtime": self.runtime,
            "countries": " ".join(self.countries),
            "languages": " ".join(self.languages),
            "description": self.description,
            "imdb_id": self.imdb_id,
            "tmdb_id": self.tmdb_id,
            "wikidata_id": self.wikidata_id,
        }
        return {name: value for name, value in values.items() if value}

    def cleaned(self) -> MovieFacts:
        """Without invisible characters, impossible values, repetitions and endless lists."""
        title, original = _title(self.title), _title(self.original_title)
        return replace(
            self,
            title=title,
            original_title=original,
            alternative_titles=_titles(self.alternative_titles, (title, original)),
            year=_number(self.year, EARLIEST_YEAR, LATEST_YEAR),
            runtime=_number(self.runtime, 1, LONGEST_RUNTIME),
            countries=_codes(map(country_code, self.countries)),
            languages=_codes(map(language_code, self.languages)),
            description=_description(self.description),
            directors=_people(self.directors, MOST_OF[Credit.Role.DIRECTOR]),
            writers=_people(self.writers, MOST_OF[Credit.Role.WRITER]),
            cast=_people(self.cast, MOST_OF[Credit.Role.CAST]),
            imdb_id=_matching(_MOVIE_IMDB_ID, self.imdb_id),
            tmdb_id=_number(self.tmdb_id, 1, _LARGEST_ID),
            wikidata_id=_matching(_WIKIDATA_ID, self.wikidata_id),
        )


def _text(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _title(value: object) -> str:
    """'' if it does not fit: half a title would be a wrong one."""
    text = _text(value)
    return text if len(text) <= 300 else ""


def _titles(values: Iterable[object], known: Iterable[str]) -> tuple[str, ...]:
    """Each title once, as people read it, without those in `known`."""
    seen, kept = {fold(title) for title in known}, []
    for title in filter(None, map(_title, values)):
        if fold(title) not in seen:
            seen.add(fold(title))
            kept.append(title)
    return tuple(kept[:MOST_TITLES])


def _description(value: object) -> str:
    text = paragraphs(value) if isinstance(value, str) else ""
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[: LONGEST_DESCRIPTION - 1].rstrip() + "…"


def _number(value: object, least: int, most: int) -> int | None:
    # A bool is an int in Python.
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and least <= value <= most else None


def _matching(pattern: re.Pattern[str], value: object) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _codes(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))[:MOST_CODES]


def _people(people: Iterable[PersonFact], most: int) -> tuple[PersonFact, ...]:
    """Each person once; somebody who plays two parts with both characters."""
    kept: dict[object, PersonFact] = {}
    for person in map(_person, people):
        # Sources write "-" or "???" for somebody they don't know.
        if not any(map(str.isalnum, person.name)) or len(person.name) > 200:
            continue
        key = next(iter(person.ids.items()), fold(person.name))
        if first := kept.get(key):
            parts = dict.fromkeys(filter(None, (first.character, person.character)))
            person = replace(first, character=" / ".join(parts)[:200])
        kept[key] = person
    return tuple(kept.values())[:most]


def _person(person: PersonFact) -> PersonFact:
    return PersonFact(
        name=_text(person.name),
        character=_text(person.character)[:200].rstrip(),
        imdb_id=_matching(_PERSON_IMDB_ID, person.imdb_id),
        tmdb_id=_number(person.tmdb_id, 1, _LARGEST_ID),
        wikidata_id=_matching(_WIKIDATA_ID, person.wikidata_id),
    )
