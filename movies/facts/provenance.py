"""Which source may write which fact of a movie.

`Movie.fact_sources` says where each fact comes from. A fact without an entry came with the movie,
from a data set or a file of movies, and only the operator changes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from movies.models import Credit, FactSource, Movie

TITLES = "alternative_titles"
PEOPLE = {
    Credit.Role.DIRECTOR: "directors",
    Credit.Role.WRITER: "writers",
    Credit.Role.CAST: "cast",
}
COLUMNS = (
    *("original_title", "year", "runtime", "countries", "languages", "description"),
    *("imdb_id", "tmdb_id", "wikidata_id"),
)
ALL = (*COLUMNS, TITLES, *PEOPLE.values())

_BEST_FIRST = (
    FactSource.OPERATOR,
    FactSource.DATA_SET,
    FactSource.TMDB,
    FactSource.WIKIDATA,
    FactSource.BUILT_IN,
)
# Wikidata does not know the order of billing.
_BEST_FIRST_OF_CAST = (
    *(FactSource.OPERATOR, FactSource.DATA_SET, FactSource.TMDB),
    *(FactSource.BUILT_IN, FactSource.WIKIDATA),
)
# TMDB's terms forbid learning from its data, and lists are steered by the year.
_NEVER_FROM = {FactSource.TMDB: frozenset({"year"})}


def source_of(movie: Movie, name: str) -> str:
    """The source of this fact, '' if it came with the movie or is unknown."""
    entry = movie.fact_sources.get(name)
    return str(entry.get("source", "")) if isinstance(entry, dict) else ""


def names_from(movie: Movie, source: str) -> list[str]:
    return [name for name in ALL if source_of(movie, name) == source]


def may_write(source: str, movie: Movie, name: str, *, is_blank: bool) -> bool:
    """Whether `source` may replace this fact; `is_blank`: there is none yet."""
    if name in _NEVER_FROM.get(FactSource(source), ()):
        return False
    owner = source_of(movie, name)
    if owner == FactSource.OPERATOR:
        return False  # also if it was the operator who left it blank
    if is_blank or owner == source:
        return True
    return bool(owner) and _rank(source, name) < _rank(owner, name)


def _rank(source: str, name: str) -> int:
    order = _BEST_FIRST_OF_CAST if name == PEOPLE[Credit.Role.CAST] else _BEST_FIRST
    return order.index(FactSource(source)) if source in FactSource else len(order)


def without(fact_sources: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    dropped = set(names)
    return {name: entry for name, entry in fact_sources.items() if name not in dropped}
