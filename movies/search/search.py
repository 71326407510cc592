"""Finding movies by what people type.

First every word of the query as it stands; only where that finds next to nothing, titles that come
close. Both are worked out in the process (`movies.matching`), the same on every database, which is
asked for the movies themselves and how many people rated them.
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

# Longer than any title; what lies behind is not read.
LONGEST_QUERY = 200
MOST_WORDS = 12
# A title that begins like the query goes before one that does not and is known to up to so many
# times as many.
BEGINNING = 4
# How many titles are named where nothing is found, and how little alike they may be.
NEAREST, FAR = 5, 0.5

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def words_of(query: str) -> list[str]:
    """The folded words that a title must hold; none when nothing is asked for."""
    words = fold(_UNSTORABLE.sub(" ", query[:LONGEST_QUERY])).split()[:MOST_WORDS]
    return [word for word in words if word not in ARTICLES] or words


def search(movies: MovieQuerySet, query: str) -> MovieQuerySet:
    """Those of `movies` that the query means, best match first; all of them for a query of spaces.

    A query without a single letter or digit finds nothing.
    """
    return Search(query, catalogue_index.current()).of(movies)


class Search:
    """A query, and what it means in the catalogue as of now."""

    def __init__(self, query: str, index: CatalogueIndex) -> None:
        self.words = words_of(query)
        self.asks_for_all = not query.strip()
        self.match = match(index, self.words)
        self._index = index

    def of(self, movies: MovieQuerySet) -> MovieQuerySet:
        """Those of `movies` that are meant, best match first."""
        if self.asks_for_all:
            return movies
        by_step: dict[int, list[int]] = defaultdict(list)
        for row, step in self.match.steps.items():
            by_step[step].append(self._movie_id(row))
        cases = [When(pk__in=ids, then=Value(step)) for step, ids in by_step.items()]
        if self.match.begins is None:
            begins = Q(title_key__startswith=" ".join(self.words))
            return _best_first(movies.filter(_beginning(self.words)), cases, begins)
        begins = Q(pk__in=[self._movie_id(row) for row in self.match.begins])
        found = movies.filter(pk__in=[self._movie_id(row) for row in self.match.steps])
        return _best_first(found, cases, begins)

    def nearest(self, movies: MovieQuerySet) -> list[Movie]:
        """A few of `movies` that are meant or, where none is, whose titles come nearest."""
        if len(self.match.rows) or not self.words:
            return list(self.of(movies)[:NEAREST])
        near = self._index.triples.near(" ".join(self.words), NEAREST, alike=FAR)
        found = movies.in_bulk([self._movie_id(row) for row, _ in near])
        return [movie for row, _ in near if (movie := found.get(self._movie_id(row)))]

    def _movie_id(self, row: int) -> int:
        return int(self._index.movie_ids[row])


def _beginning(words: Sequence[str]) -> Q:
    """Each word begins one of the title, or is its year: as `movies.matching` says it."""
    condition = Q()
    for word in words:
        begins = Q(title_key__startswith=word) | Q(title_key__contains=f" {word}")
        year = year_of(word)
        condition &= begins if year is None else begins | Q(year=year)
    return condition


def _best_first(movies: MovieQuerySet, cases: Sequence[When], begins: Q) -> MovieQuerySet:
    """By how closely the title fits, then by how many know the movie."""
    weight = (F("n_ratings") + 1) * Case(When(begins, then=BEGINNING), default=1)
    if not cases:  # nothing but a constant, which databases take for the number of a column
        return movies.alias(weight=weight).order_by("-weight", "pk")
    step = Case(*cases, default=Value(WORDS), output_field=IntegerField())
    return movies.alias(step=step, weight=weight).order_by("step", "-weight", "pk")
