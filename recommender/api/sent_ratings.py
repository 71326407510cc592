"""Ratings that a client sends along, of movies named by any of their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from movies.models import Movie
from movies.stars import to_half_stars


@dataclass(frozen=True)
class SentRatings:
    """By movie id, in the order they were sent."""

    half_stars: Mapping[int, int]
    rated_at: Mapping[int, int] | None  # seconds; None: a minute apart, as they were sent
    not_found: Sequence[int]  # places of the ratings of unknown movies

    @property
    def stars(self) -> dict[int, float]:
        return {pk: half / 2 for pk, half in self.half_stars.items()}


def find_movies(ratings: Sequence[Mapping[str, Any]]) -> SentRatings:
    """Find the movies of validated ratings. Of two ratings of a movie the later in the list counts.

    An id of a merged movie stands for the surviving one. Of movies that share a number, the one
    with the most ratings is meant. One query.
    """
    by_reference = _movies(ratings)
    half_stars: dict[int, int] = {}
    rated_at: dict[int, int] = {}
    not_found = []
    for place, rating in enumerate(ratings):
        pk = by_reference.get(_reference(rating))
        if pk is None:
            not_found.append(place)
            continue
        half_stars.pop(pk, None)
        half_stars[pk] = to_half_stars(rating["stars"])
        if "rated_at" in rating:
            rated_at[pk] = int(rating["rated_at"].timestamp())
    return SentRatings(half_stars, rated_at or None, not_found)


REFERENCES = ("movie", "imdb_id", "tmdb_id")


def _reference(rating: Mapping[str, Any]) -> tuple[str, Any]:
    return next((name, rating[name]) for name in REFERENCES if name in rating)


def _movies(ratings: Sequence[Mapping[str, Any]]) -> dict[tuple[str, Any], int]:
    """The movie of each reference."""
    wanted: dict[str, set[Any]] = {name: set() for name in REFERENCES}
    for name, value in map(_reference, ratings):
        wanted[name].add(value)
    named = Q(pk__in=wanted["movie"])
    named |= Q(imdb_id__in=wanted["imdb_id"]) | Q(tmdb_id__in=wanted["tmdb_id"])
    rows = Movie.everything.filter(named).order_by("n_ratings", "-pk")
    found: dict[tuple[str, Any], int] = {}
    for pk, survivor, *external in rows.values_list("pk", "merged_into", "imdb_id", "tmdb_id"):
        for reference in zip(REFERENCES, (pk, *external), strict=True):
            found[reference] = survivor or pk
    return found
