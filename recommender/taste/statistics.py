"""What one person's ratings say in figures, each beside everybody else's and with its number."""

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
from recommender.taste.rated_movies import Genre, Rated, Shelf

# A leaning starts as if so many ratings had shown none: two horror movies make no horror fan.
DAMPING = 5
FEWEST_FOR_LEANING = 3
FEWEST_FOR_HABITS = 5
# Stars that nobody would call generous or strict, however many ratings show them.
SMALLEST_DIFFERENCE = 0.05
N_CONTRARIAN = 5
# Months up to four years, then years; an imported file may know ratings of year 1.
MOST_MONTHS, MOST_YEARS = 48, 40


@dataclass(frozen=True)
class Step:
    """How often one number of stars was given."""

    stars: float
    n: int
    share: float  # of the own ratings, 0 to 1
    everyone: float | None  # of all ratings, 0 to 1


@dataclass(frozen=True)
class Habit:
    """A mean over comparable ratings, and where it stands among the site's people."""

    value: float  # stars
    n: int
    below: float | None  # part of the people with a lower one; None for a site of few people
    error: float  # standard error of `value`

    @property
    def is_level(self) -> bool:
        """Too close to 0 to say on which side of it."""
        return abs(self.value) < max(SMALLEST_DIFFERENCE, self.error)


@dataclass(frozen=True)
class Leaning:
    """What a person gives movies of one kind, beside what others give the same movies."""

    name: str
    key: str  # of a link to these movies
    n: int
    mean: float
    n_compared: int
    others: float | None  # the others' mean of the compared movies
    lean: float | None  # stars above one's usual distance from the others, damped


@dataclass(frozen=True)
class Period:
    first: date
    is_month: bool
    n: int


@dataclass(frozen=True)
class Figures:
    n: int
    mean: float | None
    everyones_mean: float | None
    distribution: Sequence[Step]
    generosity: Habit | None
    distance: Habit | None
    genres: Sequence[Leaning]  # the strongest liking first
    decades: Sequence[Leaning]
    contrarian: Sequence[Rated]  # furthest from the others first
    periods: Sequence[Period]  # without gaps, oldest first


def figures(shelf: Shelf, everyone: Mapping[str, Any]) -> Figures:
    rated = shelf.rated
    gaps = [one.gap for one in rated if one.gap is not None]
    return Figures(
        n=len(rated),
        mean=fmean(one.stars for one in rated) if rated else None,
        everyones_mean=_mean_of(everyone.get("half_stars")),
        distribution=_distribution(rated, everyone.get("half_stars")),
        generosity=_habit(gaps, everyone.get("generosity")),
        distance=_habit([abs(gap) for gap in gaps], everyone.get("distance")),
        genres=_leanings(rated, lambda one: shelf.genres.get(one.movie.pk, ())),
        decades=_leanings(rated, _decade),
        contrarian=_contrarian(rated),
        periods=_periods([one.rated_at for one in rated]),
    )


def _distribution(rated: Sequence[Rated], everyone: Sequence[int] | None) -> list[Step]:
    counts = Counter(one.half_stars for one in rated)
    total = sum(everyone or ())
    return [
        Step(
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


def _habit(values: Sequence[float], table: Sequence[float] | None) -> Habit | None:
    if len(values) < FEWEST_FOR_HABITS:
        return None
    value = fmean(values)
    error = stdev(values) / sqrt(len(values))
    return Habit(value, len(values), share_below(value, table) if table else None, error)


def _decade(one: Rated) -> list[Genre]:
    decade = one.movie.decade
    return [(str(decade), decade_name(decade))] if decade else []


def _leanings(
    rated: Sequence[Rated], kinds_of: Callable[[Rated], Iterable[Genre]]
) -> list[Leaning]:
    groups: dict[Genre, list[Rated]] = defaultdict(list)
    for one in rated:
        for kind in kinds_of(one):
            groups[kind].append(one)
    gaps = [one.gap for one in rated if one.gap is not None]
    usual = fmean(gaps) if gaps else 0.0
    leanings = [_leaning(kind, group, usual) for kind, group in groups.items()]
    return sorted(
        leanings, key=lambda one: (one.lean is None, -(one.lean or 0.0), -one.n, one.name)
    )


def _leaning(kind: Genre, group: Sequence[Rated], usual: float) -> Leaning:
    compared = [one for one in group if one.gap is not None]
    lean = None
    if len(compared) >= FEWEST_FOR_LEANING:
        lean = sum(one.gap - usual for one in compared) / (len(compared) + DAMPING)
    return Leaning(
        name=kind[1],
        key=kind[0],
        n=len(group),
        mean=fmean(one.stars for one in group),
        n_compared=len(compared),
        others=fmean(one.others for one in compared) if compared else None,
        lean=lean,
    )


def _contrarian(rated: Sequence[Rated]) -> list[Rated]:
    """Those more than a star from the others."""
    far = [one for one in rated if one.gap is not None and abs(one.gap) > 1]
    return sorted(far, key=lambda one: (-abs(one.gap), one.movie.pk))[:N_CONTRARIAN]


def _periods(moments: Sequence[Any]) -> list[Period]:
    """Months or years with their numbers of ratings, empty ones included."""
    if not moments:
        return []
    days = [timezone.localtime(moment).date() for moment in moments]
    first, last = min(days), max(days)
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    if months > MOST_MONTHS:
        years = Counter(day.year for day in days)
        return [
            Period(date(year, 1, 1), False, years[year])
            for year in range(max(first.year, last.year - MOST_YEARS + 1), last.year + 1)
        ]
    counts = Counter(day.replace(day=1) for day in days)
    starts = [
        date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1)
        for k in range(months)
    ]
    return [Period(start, True, counts[start]) for start in starts]
