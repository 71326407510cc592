"""Statistics of a user's ratings, compared with those of all users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

import numpy as np

from movies.my_ratings.comparison import ComparedRating, ComparedRatings
from movies.stars import STEPS
from recommender.core.evaluation.rating_habits import share_below
from recommender.taste.rated_movies import Groups, RatedMovies, decade_groups, genre_groups

# Leanings are damped as if this many more ratings had shown none.
DAMPING = 5
MIN_FOR_LEANING = 3
MIN_FOR_COMPARISON = 5
# A smaller mean difference in stars counts as none, however many ratings show it.
SMALLEST_DIFFERENCE = 0.05
N_CONTRARIAN = 5
# Months up to four years, then years; imports may contain ratings dated in year 1.
MAX_MONTHS, MAX_YEARS = 48, 40


@dataclass(frozen=True)
class StarCount:
    """How often the user gave one number of stars."""

    stars: float
    n: int
    share: float  # of the user's ratings, 0 to 1
    everyone: float | None  # of all ratings, 0 to 1


@dataclass(frozen=True)
class RankedMean:
    """A mean over comparable ratings, and its rank among all users."""

    value: float  # stars
    n: int
    below: float | None  # share of users with a lower one; None for few users
    error: float  # standard error of `value`

    @property
    def is_level(self) -> bool:
        """Whether it is too close to 0 to tell its sign."""
        return abs(self.value) < max(SMALLEST_DIFFERENCE, self.error)


@dataclass(frozen=True)
class Leaning:
    """What a user gives the movies of a genre or decade, compared with what others give them."""

    name: str
    key: str  # slug of the genre, or first year of the decade
    n: int
    mean: float
    n_compared: int
    others: float | None  # the others' mean of the compared movies
    lean: float | None  # stars above the user's usual difference from the others, damped


@dataclass(frozen=True)
class Period:
    first: date
    is_month: bool
    n: int


@dataclass(frozen=True)
class Figures:
    """All statistics of one user."""

    n: int
    mean: float | None
    everyones_mean: float | None
    distribution: Sequence[StarCount]
    generosity: RankedMean | None
    distance: RankedMean | None
    genres: Sequence[Leaning]  # the strongest liking first
    decades: Sequence[Leaning]
    contrarian: Sequence[ComparedRating]  # furthest from the others first
    periods: Sequence[Period]  # without gaps, oldest first


def figures(movies: RatedMovies, everyone: Mapping[str, Any], days: Sequence[date] = ()) -> Figures:
    """Everything but the movies' names comes from arrays: one row a rating.

    everyone: the statistics of all users that the taste map stores. days: of the ratings.
    """
    rated = movies.ratings
    gaps = rated.gaps[~np.isnan(rated.gaps)]
    return Figures(
        n=len(rated),
        mean=float(rated.stars.mean()) if len(rated) else None,
        everyones_mean=_mean_of(everyone.get("half_stars")),
        distribution=_distribution(rated.half_stars, everyone.get("half_stars")),
        generosity=_ranked_mean(gaps, everyone.get("generosity")),
        distance=_ranked_mean(np.abs(gaps), everyone.get("distance")),
        genres=leanings(rated, genre_groups(rated.movie_ids, movies.genres)),
        decades=leanings(rated, decade_groups(rated.years)),
        contrarian=_contrarian(movies),
        periods=_periods(days),
    )


def _distribution(half_stars: np.ndarray, everyone: Sequence[int] | None) -> list[StarCount]:
    counts = np.bincount(half_stars, minlength=len(STEPS) + 1).tolist()
    total = sum(everyone or ())
    return [
        StarCount(
            stars,
            counts[half],
            counts[half] / len(half_stars) if len(half_stars) else 0.0,
            everyone[half - 1] / total if everyone and total else None,
        )
        for half, stars in enumerate(STEPS, 1)
    ]


def _mean_of(half_stars: Sequence[int] | None) -> float | None:
    if not half_stars or not sum(half_stars):
        return None
    return sum(n * stars for n, stars in zip(half_stars, STEPS, strict=True)) / sum(half_stars)


def _ranked_mean(values: np.ndarray, table: Sequence[float] | None) -> RankedMean | None:
    if len(values) < MIN_FOR_COMPARISON:
        return None
    value = float(values.mean())
    error = float(values.std(ddof=1)) / sqrt(len(values))
    return RankedMean(value, len(values), share_below(value, table) if table else None, error)


def leanings(rated: ComparedRatings, groups: Groups) -> list[Leaning]:
    """The strongest liking first. groups: of `rated`."""
    gaps = rated.gaps
    known = ~np.isnan(gaps)
    usual = float(gaps[known].mean()) if known.any() else 0.0
    compared = groups.where(known[groups.places])
    found = [
        Leaning(
            name=name,
            key=key,
            n=int(n),
            mean=stars / n,
            n_compared=int(n_compared),
            others=others / n_compared if n_compared else None,
            lean=gap / (n_compared + DAMPING) if n_compared >= MIN_FOR_LEANING else None,
        )
        for (key, name), n, stars, n_compared, others, gap in zip(
            groups.labels,
            groups.sums(),
            groups.sums(rated.stars[groups.places]),
            compared.sums(),
            compared.sums(rated.others[compared.places]),
            compared.sums(gaps[compared.places] - usual),
            strict=True,
        )
    ]
    return sorted(found, key=lambda one: (one.lean is None, -(one.lean or 0.0), -one.n, one.name))


def _contrarian(movies: RatedMovies) -> list[ComparedRating]:
    """The ratings furthest from the others' mean, all more than a star away."""
    rated, distances = movies.ratings, np.abs(movies.ratings.gaps)
    far = np.flatnonzero(distances > 1)  # False for NaN
    order = np.lexsort((rated.movie_ids[far], -distances[far]))[:N_CONTRARIAN]
    return [
        rated.at(place, movies.movies[int(rated.movie_ids[place])]) for place in far[order].tolist()
    ]


def _periods(days: Sequence[date]) -> list[Period]:
    """Ratings by month or year, including those without any."""
    if not days:
        return []
    first, last = min(days), max(days)
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    if months > MAX_MONTHS:
        years = Counter(day.year for day in days)
        return [
            Period(date(year, 1, 1), False, years[year])
            for year in range(max(first.year, last.year - MAX_YEARS + 1), last.year + 1)
        ]
    counts = Counter((day.year, day.month) for day in days)
    starts = [
        (first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1)
        for k in range(months)
    ]
    return [Period(date(*start, 1), True, counts[start]) for start in starts]
