"""In which direction somebody wants similar movies to lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import numpy as np

from movies.models import Genre, Movie
from recommender.core import steer as core_steer

# Two axes; of each, at most one direction.
AGES = ("older", "newer")
FAMES = ("better-known", "less-known")
DIRECTIONS = (*AGES, *FAMES)
# Movies this many years apart are of another time.
YEARS = 5


@dataclass(frozen=True)
class Steer:
    """Wishes about the list of similar movies."""

    age: str = ""
    fame: str = ""
    genre: Genre | None = None

    @classmethod
    def towards(cls, directions: Iterable[str], genre: Genre | None = None) -> Steer:
        """The wishes by name; of two opposite ones the later counts, other words mean nothing."""
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
        """With the direction, in place of its opposite; without it if it was there."""
        if not self.has(direction):
            return self.with_direction(direction)
        return replace(self, **{"age" if direction in AGES else "fame": ""})

    def toggled_genre(self, genre: Genre) -> Steer:
        return replace(self, genre=None if self.genre == genre else genre)

    @property
    def query(self) -> str:
        """The address's query string that says this; empty for no wishes."""
        parts = [("steer", direction) for direction in (self.age, self.fame) if direction]
        if self.genre:
            parts.append(("more_of", self.genre.slug))
        return urlencode(parts)

    def __bool__(self) -> bool:
        return bool(self.age or self.fame or self.genre)

    def order(self, movie_ids: Sequence[int], closeness: np.ndarray, year: int | None) -> list[int]:
        """The movies best first: close ones that answer the wishes, in the order given without any.

        `year` is that of the movie they are similar to. With wishes, those that exist; takes one
        query, and one more for a genre.
        """
        if not self:
            return list(movie_ids)
        facts = _facts(movie_ids)
        there = [place for place, pk in enumerate(movie_ids) if pk in facts]
        found = [movie_ids[place] for place in there]
        wishes = self._wishes(found, facts, year)
        return [found[place] for place in core_steer(closeness[there], wishes)]

    def _wishes(
        self, ids: list[int], facts: Mapping[int, tuple[int | None, int]], year: int | None
    ) -> list[np.ndarray]:
        wishes = []
        if self.age:
            later = _later([facts[pk][0] for pk in ids], year)
            wishes.append(later if self.age == "newer" else -later)
        if self.fame:
            # A hundred ratings more mean much to a movie with ten, and nothing to one with 5,000.
            fame = np.log1p([facts[pk][1] for pk in ids])
            wishes.append(fame if self.fame == "better-known" else -fame)
        if self.genre:
            links = Movie.genres.through.objects.filter(genre=self.genre, movie__in=ids)
            wishes.append(np.isin(ids, list(links.values_list("movie_id", flat=True))))
        return wishes


def _later(years: Sequence[int | None], year: int | None) -> np.ndarray:
    """(n,) how much later than `year` each is: later at all counts most, NaN where unknown.

    Plain years would let one movie of the thirties outweigh everything that makes a movie close,
    and not mind whether the others are older or newer than the one looked at.
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
