"""Steering of similar movies: newer or older, better or less known, more of a genre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import numpy as np

from movies.models import Genre, Movie
from recommender.core import steer as core_steer

# Two axes with two opposite directions each.
AGES = ("older", "newer")
FAMES = ("better-known", "less-known")
DIRECTIONS = (*AGES, *FAMES)
# Scale of `_later`: beyond this many years, a further year counts less.
YEARS = 5


@dataclass(frozen=True)
class Steer:
    """The wishes that a list of similar movies is steered by."""

    age: str = ""
    fame: str = ""
    genre: Genre | None = None

    @classmethod
    def towards(cls, directions: Iterable[str], genre: Genre | None = None) -> Steer:
        """From names of directions; of two opposite ones the last counts, unknown ones do not."""
        steer = cls(genre=genre)
        for direction in directions:
            steer = steer.with_direction(direction)
        return steer

    def with_direction(self, direction: str) -> Steer:
        if direction in AGES:
            return replace(self, age=direction)
        return replace(self, fame=direction) if direction in FAMES else self

    def has(self, direction: str) -> bool:
        return direction in (self.age, self.fame)

    def toggled(self, direction: str) -> Steer:
        """Turn the direction on, in place of its opposite, or off."""
        if not self.has(direction):
            return self.with_direction(direction)
        return replace(self, **{"age" if direction in AGES else "fame": ""})

    def toggled_genre(self, genre: Genre) -> Steer:
        return replace(self, genre=None if self.genre == genre else genre)

    @property
    def query(self) -> str:
        """Query string of a page that is steered like this; "" without wishes."""
        parts = [("steer", direction) for direction in (self.age, self.fame) if direction]
        if self.genre:
            parts.append(("more_of", self.genre.slug))
        return urlencode(parts)

    def __bool__(self) -> bool:
        return bool(self.age or self.fame or self.genre)

    def order(self, movie_ids: Sequence[int], closeness: np.ndarray, year: int | None) -> list[int]:
        """`movie_ids`, ordered by closeness and by the wishes; unchanged without wishes.

        year: of the movie they are similar to. With wishes, deleted movies are left out; one
        query, and one more for a genre.
        """
        if not self:
            return list(movie_ids)
        facts = _facts(movie_ids)
        existing = [place for place, pk in enumerate(movie_ids) if pk in facts]
        found = [movie_ids[place] for place in existing]
        wishes = self._wishes(found, facts, year)
        return [found[place] for place in core_steer(closeness[existing], wishes)]

    def _wishes(
        self, ids: list[int], facts: Mapping[int, tuple[int | None, int]], year: int | None
    ) -> list[np.ndarray]:
        wishes = []
        if self.age:
            later = _later([facts[pk][0] for pk in ids], year)
            wishes.append(later if self.age == "newer" else -later)
        if self.fame:
            # On a log scale: 100 more ratings matter at 10 ratings, and not at 5,000.
            fame = np.log1p([facts[pk][1] for pk in ids])
            wishes.append(fame if self.fame == "better-known" else -fame)
        if self.genre:
            links = Movie.genres.through.objects.filter(genre=self.genre, movie__in=ids)
            wishes.append(np.isin(ids, list(links.values_list("movie_id", flat=True))))
        return wishes


def _later(years: Sequence[int | None], year: int | None) -> np.ndarray:
    """(n,) how much later than `year` each is, damped; NaN if unknown.

    Undamped years would let a single movie of the thirties outweigh closeness, and make little of
    whether the others are older or newer than `year`.
    """
    known = np.array([other or np.nan for other in years], np.float64)
    if year is None:
        year = np.nanmedian(known) if np.isfinite(known).any() else 0
    apart = known - year
    return np.sign(apart) * (1 + np.log1p(np.abs(apart) / YEARS))


def _facts(movie_ids: Sequence[int]) -> dict[int, tuple[int | None, int]]:
    """Year and number of ratings of those of the movies that exist."""
    movies = Movie.objects.filter(pk__in=movie_ids).values_list("pk", "year", "n_ratings")
    return {pk: (year, n) for pk, year, n in movies}
