"""Finding movies by what people type.

First every word of the query as it stands; only where that finds next to nothing, titles that come
close, by an index of letter triples held in the process. Both work the same on every database.
"""

from __future__ import annotations

import re

from django.db.models import Case, F, IntegerField, Q, Value, When

from movies.models import EARLIEST_YEAR, LATEST_YEAR, MovieQuerySet
from movies.near_titles import near_titles
from movies.titles import fold

# Longer than any title; what lies behind is not read.
LONGEST_QUERY = 200
MOST_WORDS = 12
# With this many found as typed, nobody misspelt anything.
ENOUGH = 5

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Titles are filed without these in front, and people type them where they remember them.
_ARTICLES = {"the", "a", "an"}


def words_of(query: str) -> list[str]:
    """The folded words that a title must hold; none when nothing is asked for."""
    words = fold(_UNSTORABLE.sub(" ", query[:LONGEST_QUERY])).split()[:MOST_WORDS]
    return [word for word in words if word not in _ARTICLES] or words


def search(movies: MovieQuerySet, query: str) -> MovieQuerySet:
    """Those of `movies` that the query means, best match first; all of them for a query of spaces.

    A query without a single letter or digit finds nothing.
    """
    words = words_of(query)
    if not words:
        return movies.none() if query.strip() else movies
    as_typed = _holding(words)
    found = list(movies.filter(as_typed).order_by().values_list("pk", flat=True)[:ENOUGH])
    if len(found) >= ENOUGH:
        return _best_first(movies.filter(as_typed), " ".join(words))
    near = [pk for pk in near_titles(" ".join(words)) if pk not in found]
    return _best_first(movies.filter(as_typed | Q(pk__in=near)), " ".join(words), near)


def _holding(words: list[str]) -> Q:
    condition = Q()
    for word in words:
        holds = Q(title_key__contains=word)
        if word.isascii() and word.isdigit() and EARLIEST_YEAR <= int(word) <= LATEST_YEAR:
            holds |= Q(year=int(word))
        condition &= holds
    return condition


def _best_first(movies: MovieQuerySet, phrase: str, near: list[int] | None = None) -> MovieQuerySet:
    """The title itself, then titles that begin so, then the rest by how many know them."""
    closeness = Case(
        *(When(pk=pk, then=Value(10 + place)) for place, pk in enumerate(near or ())),
        When(Q(title_key=phrase) | Q(title_key__startswith=f"{phrase} /"), then=Value(0)),
        When(title_key__endswith=f"/ {phrase}", then=Value(0)),
        When(title_key__startswith=f"{phrase} ", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return movies.alias(closeness=closeness).order_by("closeness", F("n_ratings").desc(), "pk")
