"""One year of one person's ratings in figures: how many, when, which, and which surprised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils import timezone

from movies.decades import decade_name
from movies.models import Rating
from movies.my_ratings.comparison import ComparedRating
from movies.my_ratings.query import Period, with_movies
from recommender.serving.expected import expected

if TYPE_CHECKING:
    from accounts.models import User

N_BEST, N_KINDS = 6, 6
LOVED = 4.0  # stars
# A movie that got about what was to be expected surprised nobody.
SMALLEST_SURPRISE = 1.0
# A kind's mean starts as if so many ratings had been like one's others: one movie is no favourite.
DAMPING, FEWEST_FOR_FAVOURITE = 5, 3


@dataclass(frozen=True)
class Seen(ComparedRating):
    """One movie of the year, with what was to be expected."""

    day: date
    expected: float | None

    @property
    def surprise(self) -> float | None:
        """Stars above what was to be expected."""
        return None if self.expected is None else self.stars - self.expected

    @property
    def apart(self) -> float | None:
        """Stars from what the others gave, without sign."""
        return None if self.gap is None else abs(self.gap)


@dataclass(frozen=True)
class Month:
    first: date
    n: int


@dataclass(frozen=True)
class Kind:
    """The movies of one genre or decade."""

    key: str  # slug, or first year
    name: str
    n: int
    mean: float  # stars
    above: float  # stars above the year's mean, damped


@dataclass(frozen=True)
class Streak:
    """Days in a row with at least one rating."""

    first: date
    last: date

    @property
    def n(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Agreement:
    """How near to what the others gave, over the movies that enough others have rated."""

    n: int
    apart: float  # stars on average
    nearest: Seen
    furthest: Seen


@dataclass(frozen=True)
class Review:
    """Everything about one year; None where the year holds too little to say it."""

    year: int
    n: int
    mean: float | None
    minutes: int  # of those whose length is known
    n_minutes: int
    first: Seen | None
    last: Seen | None
    oldest: Seen | None  # the movie that was made first
    n_days: int
    busiest: tuple[date, int] | None
    streak: Streak | None
    months: Sequence[Month]  # January first
    best: Sequence[Seen]
    n_top: int  # with as many stars as the best one
    genres: Sequence[Kind]  # the most movies first
    decades: Sequence[Kind]
    favourite_genre: Kind | None
    favourite_decade: Kind | None
    better: Seen | None  # than was to be expected, by the most
    worse: Seen | None
    agreement: Agreement | None
    discovery: Seen | None  # the least known movie that was loved

    @property
    def hours(self) -> int:
        return round(self.minutes / 60)


def years_of(user: User) -> dict[int, int]:
    """Ratings in each year of the site's calendar that has any, the last year first. One query."""
    years = Rating.objects.of(user).annotate(year=ExtractYear("rated_at")).values_list("year")
    return dict(years.annotate(n=Count("pk")).order_by("-year"))


def review(user: User, year: int) -> Review:
    """From the ratings as they are now; as many queries for a hundred movies as for one."""
    seen = _seen(user, year)
    mean = fmean(one.stars for one in seen) if seen else None
    days = Counter(one.day for one in seen)
    known = [one.movie.runtime for one in seen if one.movie.runtime]
    best = sorted(reversed(seen), key=lambda one: -one.half_stars)
    genres = _kinds(seen, mean, lambda one: ((g.slug, g.name) for g in one.movie.genres.all()))
    decades = _kinds(seen, mean, _decade)
    better, worse = _surprises(seen)
    return Review(
        year=year,
        n=len(seen),
        mean=mean,
        minutes=sum(known),
        n_minutes=len(known),
        first=seen[0] if seen else None,
        last=seen[-1] if seen else None,
        oldest=min((o for o in seen if o.movie.year), key=lambda o: o.movie.year, default=None),
        n_days=len(days),
        busiest=max(days.items(), key=lambda pair: pair[1], default=None),
        streak=_streak(sorted(days)),
        months=_months(year, seen),
        best=best[:N_BEST],
        n_top=sum(one.half_stars == best[0].half_stars for one in seen) if best else 0,
        genres=genres[:N_KINDS],
        decades=decades[:N_KINDS],
        favourite_genre=_favourite(genres),
        favourite_decade=_favourite(decades),
        better=better,
        worse=worse,
        agreement=_agreement(seen),
        discovery=_discovery(seen),
    )


def _seen(user: User, year: int) -> list[Seen]:
    """Oldest rating first."""
    start, end = Period(year).bounds()
    ratings = Rating.objects.of(user).filter(rated_at__gte=start, rated_at__lt=end)
    found = list(with_movies(ratings.order_by("rated_at", "pk")))
    foreseen: Mapping[int, float] = (expected(user) if found else None) or {}
    return [
        Seen(
            movie=one.movie,
            half_stars=one.half_stars,
            day=timezone.localdate(one.rated_at),
            expected=foreseen.get(one.movie_id),
        )
        for one in found
    ]


def _months(year: int, seen: Sequence[Seen]) -> list[Month]:
    counts = Counter(one.day.month for one in seen)
    return [Month(date(year, month, 1), counts[month]) for month in range(1, 13)]


def _streak(days: Sequence[date]) -> Streak | None:
    """The longest one, the first of several; a single day is none."""
    best = run = None
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            run = Streak(run.first if run else before, day)
            best = run if best is None or run.n > best.n else best
        else:
            run = None
    return best


def _decade(one: Seen) -> Iterable[tuple[str, str]]:
    decade = one.movie.decade
    return [(str(decade), decade_name(decade))] if decade else []


def _kinds(
    seen: Sequence[Seen],
    mean: float | None,
    kinds_of: Callable[[Seen], Iterable[tuple[str, str]]],
) -> list[Kind]:
    groups: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in seen:
        for kind in kinds_of(one):
            groups[kind].append(one.stars)
    kinds = [
        Kind(
            *kind,
            n=len(stars),
            mean=fmean(stars),
            above=sum(one - (mean or 0.0) for one in stars) / (len(stars) + DAMPING),
        )
        for kind, stars in groups.items()
    ]
    return sorted(kinds, key=lambda kind: (-kind.n, kind.name))


def _favourite(kinds: Sequence[Kind]) -> Kind | None:
    """The one with the best stars; None where no kind stands above the others."""
    enough = [kind for kind in kinds if kind.n >= FEWEST_FOR_FAVOURITE and kind.above > 0]
    return max(enough, key=lambda kind: kind.above, default=None)


def _surprises(seen: Sequence[Seen]) -> tuple[Seen | None, Seen | None]:
    """The movie furthest above and the one furthest below what was to be expected."""
    foreseen = [one for one in seen if one.surprise is not None]
    better = max(foreseen, key=lambda one: one.surprise or 0.0, default=None)
    worse = min(foreseen, key=lambda one: one.surprise or 0.0, default=None)
    return (
        better if better and (better.surprise or 0) >= SMALLEST_SURPRISE else None,
        worse if worse and (worse.surprise or 0) <= -SMALLEST_SURPRISE else None,
    )


def _agreement(seen: Sequence[Seen]) -> Agreement | None:
    compared = sorted(
        ((one.apart, place, one) for place, one in enumerate(seen) if one.apart is not None)
    )
    if not compared:
        return None
    return Agreement(
        n=len(compared),
        apart=fmean(apart for apart, _place, _one in compared),
        nearest=compared[0][2],
        furthest=compared[-1][2],
    )


def _discovery(seen: Sequence[Seen]) -> Seen | None:
    loved = [one for one in seen if one.stars >= LOVED]
    return min(loved, key=lambda one: (one.n_others, -one.half_stars), default=None)
