"""Search for movies: by title, people, genre, decade, country, language and description.

Queries are matched in memory (movies/search/matching.py for titles, free_words.py for the rest), so
that results do not depend on the database, which then orders them by match and popularity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.conf import settings
from django.db.models import Case, F, IntegerField, Value, When
from django.utils.translation import get_language

from movies.models import Movie, MovieQuerySet
from movies.search import index as catalogue_index
from movies.search import people
from movies.search.free_words import ENOUGH, Described, describe
from movies.search.id_sets import IdIn
from movies.search.index import CatalogueIndex
from movies.search.matching import (
    ARTICLES,
    GUESSED,
    TIERS_PER_POINT,
    WHOLE,
    WORDS,
    Match,
    match,
)
from movies.search.people import FoundPerson
from movies.titles import fold

# The rest of a longer query is ignored.
LONGEST_QUERY = 200
MOST_WORDS = 12
# Titles that begin with the query rank as if this many times as many people had rated them.
PREFIX_WEIGHT = 4
# Titles to suggest where nothing matches: how many, and their lowest similarity.
SUGGESTED, LEAST_SIMILAR = 5, 0.5

# Tiers of titles, times PER_TIER, leave room for what the words describe: after titles with the
# words, before and after titles with the letters inside of words.
PER_TIER, DESCRIBED, IN_DESCRIPTION = 10, 15, 25
# Misspelled names come after titles that are almost the query.
NAME_GUESSED = PER_TIER * (GUESSED + round(TIERS_PER_POINT * 0.15))
NOT_FOUND = np.iinfo(np.int32).max
# People named above the results.
MOST_PEOPLE = 3

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def words_of(query: str) -> list[str]:
    """The folded words of a query, articles left out unless there is nothing else.

    Nothing but letters are initials: "M*A*S*H" is one word.
    """
    words = fold(_UNSTORABLE.sub(" ", query[:LONGEST_QUERY])).split()[:MOST_WORDS]
    if all(len(word) == 1 and word.isalpha() and word.isascii() for word in words):
        return ["".join(words)] if words else []
    return [word for word in words if word not in ARTICLES] or words


def search(movies: MovieQuerySet, query: str, popularity: str = "n_ratings") -> MovieQuerySet:
    """The matching movies, best match first; all of them for a blank query."""
    return Search(query, catalogue_index.current()).of(movies, popularity)


@dataclass(frozen=True)
class Found:
    """What a query finds: movies by their row in the index, each in one group."""

    groups: Mapping[int, np.ndarray]  # rows by tier, best tier first
    prefixed: np.ndarray  # rows of titles that begin with the query

    @property
    def rows(self) -> np.ndarray:
        """All of them, ascending."""
        return np.sort(np.concatenate(list(self.groups.values()) or [np.empty(0, np.int64)]))

    @property
    def is_guess(self) -> bool:
        """Whether there are only similar titles."""
        return bool(self.groups) and min(self.groups) >= GUESSED * PER_TIER


class Search:
    """A query matched against the catalogue."""

    def __init__(self, query: str, index: CatalogueIndex) -> None:
        self.words = words_of(query)
        self.asks_for_all = not query.strip()
        self._index = index

    @cached_property
    def match(self) -> Found:
        return _found(self._titles, self._described, self._index, self.words)

    @cached_property
    def people(self) -> list[FoundPerson]:
        """The people whom the query names, best known first."""
        return people.found(self._described.people[:MOST_PEOPLE])

    @cached_property
    def _titles(self) -> Match:
        return match(self._index, self.words)

    @cached_property
    def _described(self) -> Described:
        language = get_language() or settings.LANGUAGE_CODE
        return describe(self._index, self.words, language, n_titles=_n_typed(self._titles))

    def of(self, movies: MovieQuerySet, popularity: str = "n_ratings") -> MovieQuerySet:
        """The matching movies, best match first.

        popularity: the field that orders equally good matches.
        """
        if self.asks_for_all:
            return movies
        found = movies.filter(IdIn(self._ids(self.match.rows)))
        weight = (F(popularity) + 1) * Case(
            When(IdIn(self._ids(self.match.prefixed)), then=PREFIX_WEIGHT), default=1
        )
        found = found.alias(weight=weight)
        by_size = sorted(self.match.groups, key=lambda tier: len(self.match.groups[tier]))
        if (
            len(by_size) < 2
        ):  # the tier would be a constant: ORDER BY takes it for a column's number
            return found.order_by("-weight", "pk")
        cases = [
            When(IdIn(self._ids(self.match.groups[tier])), then=Value(tier))
            for tier in by_size[:-1]
        ]
        tier = Case(*cases, default=Value(by_size[-1]), output_field=IntegerField())
        return found.alias(tier=tier).order_by("tier", "-weight", "pk")

    def nearest(self, movies: MovieQuerySet) -> list[Movie]:
        """A few matching movies or, if nothing matches, those with the most similar titles."""
        if len(self.match.rows) or not self.words:
            return list(self.of(movies)[:SUGGESTED])
        similar = self._index.trigrams.similar(" ".join(self.words), SUGGESTED, LEAST_SIMILAR)
        ids = self._ids(np.array([row for row, _ in similar], np.int64))
        found = movies.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def _ids(self, rows: np.ndarray) -> list[int]:
        return self._index.movie_ids[rows].tolist()


def _n_typed(titles: Match) -> int:
    """How many titles match as typed; at least ENOUGH if one is the query itself."""
    if WHOLE in titles.tiers.values():
        return max(len(titles.rows), ENOUGH)
    if titles.prefixed is None:
        return len(titles.rows)
    return sum(tier < GUESSED for tier in titles.tiers.values())


def _found(
    titles: Match, described: Described, index: CatalogueIndex, words: Sequence[str]
) -> Found:
    """Titles first; what the words describe comes before letters inside of titles."""
    tiers = np.full(len(index.keys), NOT_FOUND, np.int32)
    if len(titles.rows):
        if titles.prefixed is None:
            tiers[titles.rows] = WORDS * PER_TIER
        rows = np.fromiter(titles.tiers, np.int64, len(titles.tiers))
        tiers[rows] = PER_TIER * np.fromiter(titles.tiers.values(), np.int64, len(titles.tiers))
    names_them = WORDS * PER_TIER if described.is_full_name else DESCRIBED
    for rows, tier in (
        (described.rows, names_them),
        (described.by_description, IN_DESCRIPTION),
    ):
        if len(rows):
            # Nobody wants similar titles where the words have been found.
            tiers[tiers >= GUESSED * PER_TIER] = NOT_FOUND
            tiers[rows] = np.minimum(tiers[rows], tier)
    tiers[described.guessed] = np.minimum(tiers[described.guessed], NAME_GUESSED)
    rows = np.flatnonzero(tiers < NOT_FOUND)
    found, groups = tiers[rows], {}
    for tier in np.unique(found).tolist():
        groups[tier] = rows[found == tier]
    return Found(groups, _prefixed(titles, index, words))


def _prefixed(titles: Match, index: CatalogueIndex, words: Sequence[str]) -> np.ndarray:
    if titles.prefixed is not None:
        return np.array(sorted(titles.prefixed), np.int64)
    start = f" {' '.join(words)}"
    return np.array([row for row in titles.rows if index.keys[row].startswith(start)], np.int64)
