"""A user's ratings compared with the averages of all others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
from django.conf import settings
from django.db.models import Case, F, When

from movies.models import Movie
from movies.stars import to_stars

# Columns of a movie that its ratings are compared by, in the order of `ComparedRatings.from_rows`.
FIGURES = ("sort_year", "n_ratings", "published_count", "published_half_star_sum")


def is_published(updated_at: str = "updated_at", movie: str = "movie__") -> Case:
    """1 where the movie's published figures include the rating as it is now, else 0.

    updated_at, movie: names of the rating's column and of the way to the movie.
    """
    included = {f"{updated_at}__lte": F(f"{movie}published_at")}
    return Case(When(**included, then=1), default=0)


@dataclass(frozen=True)
class ComparedRating:
    """One rating of `ComparedRatings`, with its movie."""

    movie: Movie
    half_stars: int
    n_others: int  # how many others the published figures are of
    others: float | None  # their mean stars as published; None for too few of them

    @property
    def stars(self) -> float:
        return to_stars(self.half_stars)

    @property
    def gap(self) -> float | None:
        """The user's stars minus the mean of the others."""
        return None if self.others is None else self.stars - self.others


@dataclass(frozen=True)
class ComparedRatings:
    """Column by column: row k of each array, (n,), is one rating, in any order."""

    movie_ids: np.ndarray
    half_stars: np.ndarray
    years: np.ndarray  # of the movies; 0 where unknown
    n_ratings: np.ndarray  # of the movies
    n_others: np.ndarray  # how many others the published figures are of
    others: np.ndarray  # their mean stars as published; NaN for too few of them

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[int]]) -> Self:
        """rows: movie id, half stars, `is_published`, and FIGURES."""
        numbers = np.fromiter(chain.from_iterable(rows), np.int64)
        ids, half_stars, published, years, n_ratings, counts, sums = numbers.reshape(-1, 7).T
        least = settings.MIN_PUBLIC_RATERS
        # As `Movie.shown_count`.
        shown = np.where(np.minimum(n_ratings, counts) < least, 0, counts)
        n_others = np.maximum(shown - published, 0)
        others = np.full(len(ids), np.nan)
        enough = n_others >= least
        theirs = sums - np.where(published, half_stars, 0)
        others[enough] = theirs[enough] / 2 / n_others[enough]
        return cls(ids, half_stars, years, n_ratings, n_others, others)

    def __len__(self) -> int:
        return len(self.movie_ids)

    @property
    def stars(self) -> np.ndarray:
        return self.half_stars / 2

    @property
    def gaps(self) -> np.ndarray:
        """The user's stars minus the mean of the others; NaN for too few of them."""
        return self.stars - self.others

    def take(self, places: np.ndarray) -> Self:
        return type(self)(*(column[places] for column in vars(self).values()))

    def at(self, place: int, movie: Movie) -> ComparedRating:
        others = float(self.others[place])
        return ComparedRating(
            movie,
            int(self.half_stars[place]),
            int(self.n_others[place]),
            None if np.isnan(others) else others,
        )
