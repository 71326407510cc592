"""Statistics of a user's ratings, compared with those of all users."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from django.utils import timezone

from movies.decades import decade_name
from movies.stars import STEPS
from recommender.core.evaluation.rating_habits import share_below
from recommender.taste.rated_movies import Genre, RatedMovie, RatedMovies

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
    contrarian: Sequence[RatedMovie]  # furthest from the others first
    periods: Sequence[Period]  # without gaps, oldest first


def figures(movies: RatedMovies, everyone: Mapping[str, Any]) -> Figures:
    """`everyone`: the statistics of all users that the taste map stores."""
    rated = movies.ratings
    gaps = [one.gap for one in rated if one.gap is not None]
    return Figures(
        n=len(rated),
        mean=fmean(one.stars for one in rated) if rated else None,
        everyones_mean=_mean_of(everyone.get("half_stars")),
        distribution=_distribution(rated, everyone.get("half_stars")),
        generosity=_ranked_mean(gaps, everyone.get("generosity")),
        distance=_ranked_mean([abs(gap) for gap in gaps], everyone.get("distance")),
        genres=genre_leanings(rated, movies.genres),
        decades=_decade_leanings(rated),
        contrarian=_contrarian(rated),
        periods=_periods([one.rated_at for one in rated]),
    )


def _distribution(rated: Sequence[RatedMovie], everyone: Sequence[int] | None) -> list[StarCount]:
    counts = Counter(one.half_stars for one in rated)
    total = sum(everyone or ())
    return [
        StarCount(
            stars,
            counts[half],
            counts[half] / len(rated) if rated else 0.0,
            everyone[half - 1] / total if everyone and total else None,
        )
        for half, stars in enumerate(STEPS, 1)
    ]


def _mean_of(half_stars: Sequence[int] | None) -> float | None:
    if not half_stars or not sum(half_stars):
        return None
    return sum(n * stars for n, stars in zip(half_stars, STEPS, strict=True)) / sum(half_stars)


def _ranked_mean(values: Sequence[float], table: Sequence[float] | None) -> RankedMean | None:
    if len(values) < MIN_FOR_COMPARISON:
        return None
    value = fmean(values)
    error = stdev(values) / sqrt(len(values))
    return RankedMean(value, len(values), share_below(value, table) if table else None, error)


def _decade_leanings(rated: Sequence[RatedMovie]) -> list[Leaning]:
    decades = {one.movie.decade for one in rated} - {None}
    groups = {decade: [(str(decade), decade_name(decade))] for decade in decades}
    return _leanings(rated, lambda one: groups.get(one.movie.decade, ()))


def genre_leanings(
    rated: Sequence[RatedMovie], genres: Mapping[int, Sequence[Genre]]
) -> list[Leaning]:
    """The strongest liking first."""
    return _leanings(rated, lambda one: genres.get(one.movie.pk, ()))


def _leanings(
    rated: Sequence[RatedMovie], groups_of: Callable[[RatedMovie], Iterable[Genre]]
) -> list[Leaning]:
    groups: dict[Genre, list[RatedMovie]] = defaultdict(list)
    for one in rated:
        for group in groups_of(one):
            groups[group].append(one)
    gaps = [one.gap for one in rated if one.gap is not None]
    usual = fmean(gaps) if gaps else 0.0
    leanings = [_leaning(*group, rated, usual) for group, rated in groups.items()]
    return sorted(
        leanings, key=lambda one: (one.lean is None, -(one.lean or 0.0), -one.n, one.name)
    )


def _leaning(key: str, name: str, rated: Sequence[RatedMovie], usual: float) -> Leaning:
    compared = [one for one in rated if one.gap is not None]
    lean = None
    if len(compared) >= MIN_FOR_LEANING:
        lean = sum(one.gap - usual for one in compared) / (len(compared) + DAMPING)
    return Leaning(
        name=name,
        key=key,
        n=len(rated),
        mean=fmean(one.stars for one in rated),
        n_compared=len(compared),
        others=fmean(one.others for one in compared) if compared else None,
        lean=lean,
    )


def _contrarian(rated: Sequence[RatedMovie]) -> list[RatedMovie]:
    """The ratings furthest from the others' mean, all more than a star away."""
    far = [one for one in rated if one.gap is not None and abs(one.gap) > 1]
    return sorted(far, key=lambda one: (-abs(one.gap), one.movie.pk))[:N_CONTRARIAN]


def _periods(moments: Sequence[Any]) -> list[Period]:
    """Ratings by month or year, including those without any."""
    if not moments:
        return []
    days = [timezone.localtime(moment).date() for moment in moments]
    first, last = min(days), max(days)
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    if months > MAX_MONTHS:
        years = Counter(day.year for day in days)
        return [
            Period(date(year, 1, 1), False, years[year])
            for year in range(max(first.year, last.year - MAX_YEARS + 1), last.year + 1)
        ]
    counts = Counter(day.replace(day=1) for day in days)
    starts = [
        date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1)
        for k in range(months)
    ]
    return [Period(start, True, counts[start]) for start in starts]
