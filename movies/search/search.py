"""Search for movies by title.

Titles are matched in memory (movies/search/matching.py), so that results do not depend on the
database; the query then selects the movies and orders them by match and popularity.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Case, F, IntegerField, Q, Value, When

from movies.models import Movie, MovieQuerySet
from movies.search import index as catalogue_index
from movies.search.index import CatalogueIndex
from movies.search.matching import ARTICLES, WORDS, match, year_of
from movies.titles import fold

# The rest of a longer query is ignored.
LONGEST_QUERY = 200
MOST_WORDS = 12
# Titles that begin with the query rank as if this many times as many people had rated them.
PREFIX_WEIGHT = 4
# Titles to suggest where nothing matches: how many, and their lowest similarity.
SUGGESTED, LEAST_SIMILAR = 5, 0.5

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def words_of(query: str) -> list[str]:
    """The folded words of a query, articles left out unless there is nothing else.

    Nothing but letters are initials: "M*A*S*H" is one word.
    """
    words = fold(_UNSTORABLE.sub(" ", query[:LONGEST_QUERY])).split()[:MOST_WORDS]
    if all(len(word) == 1 and word.isalpha() and word.isascii() for word in words):
        return ["".join(words)] if words else []
    return [word for word in words if word not in ARTICLES] or words


def search(movies: MovieQuerySet, query: str) -> MovieQuerySet:
    """The matching movies, best match first; all of them for a blank query.

    A query without any letter or digit matches nothing.
    """
    return Search(query, catalogue_index.current()).of(movies)


class Search:
    """A query matched against the catalogue."""

    def __init__(self, query: str, index: CatalogueIndex) -> None:
        self.words = words_of(query)
        self.asks_for_all = not query.strip()
        self.match = match(index, self.words)
        self._index = index

    def of(self, movies: MovieQuerySet) -> MovieQuerySet:
        """The matching movies, best match first."""
        if self.asks_for_all:
            return movies
        by_tier: dict[int, list[int]] = defaultdict(list)
        for row, tier in self.match.tiers.items():
            by_tier[tier].append(self._movie_id(row))
        cases = [When(pk__in=ids, then=Value(tier)) for tier, ids in by_tier.items()]
        if self.match.prefixed is None:
            is_prefixed = Q(title_key__startswith=" ".join(self.words))
            return _best_first(movies.filter(_with_prefixes(self.words)), cases, is_prefixed)
        is_prefixed = Q(pk__in=[self._movie_id(row) for row in self.match.prefixed])
        found = movies.filter(pk__in=[self._movie_id(row) for row in self.match.tiers])
        return _best_first(found, cases, is_prefixed)

    def nearest(self, movies: MovieQuerySet) -> list[Movie]:
        """A few matching movies or, if nothing matches, those with the most similar titles."""
        if len(self.match.rows) or not self.words:
            return list(self.of(movies)[:SUGGESTED])
        similar = self._index.trigrams.similar(" ".join(self.words), SUGGESTED, LEAST_SIMILAR)
        found = movies.in_bulk([self._movie_id(row) for row, _ in similar])
        return [movie for row, _ in similar if (movie := found.get(self._movie_id(row)))]

    def _movie_id(self, row: int) -> int:
        return int(self._index.movie_ids[row])


def _with_prefixes(words: Sequence[str]) -> Q:
    """Each word begins a word of the title, or is its year.

    The same condition as `_with_prefix` in movies/search/matching.py.
    """
    condition = Q()
    for word in words:
        has_prefix = Q(title_key__startswith=word) | Q(title_key__contains=f" {word}")
        year = year_of(word)
        condition &= has_prefix if year is None else has_prefix | Q(year=year)
    return condition


def _best_first(movies: MovieQuerySet, cases: Sequence[When], is_prefixed: Q) -> MovieQuerySet:
    """By how well the title matches, then by popularity."""
    weight = (F("n_ratings") + 1) * Case(When(is_prefixed, then=PREFIX_WEIGHT), default=1)
    if not cases:  # the tier would be a constant, which ORDER BY takes for a column's number
        return movies.alias(weight=weight).order_by("-weight", "pk")
    tier = Case(*cases, default=Value(WORDS), output_field=IntegerField())
    return movies.alias(tier=tier, weight=weight).order_by("tier", "-weight", "pk")
