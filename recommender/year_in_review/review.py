"""Statistics and highlights of a user's ratings in one year."""

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
from movies.my_ratings.query import with_movies
from movies.periods import Period
from recommender.serving.expected import expected

if TYPE_CHECKING:
    from accounts.models import User

N_BEST, N_CATEGORIES = 6, 6
LOVED = 4.0  # stars
# Smaller differences from the expected stars are no surprise.
MIN_SURPRISE = 1.0
# Means of categories are damped as if this many more movies had got the year's mean.
DAMPING, MIN_FOR_FAVOURITE = 5, 3


@dataclass(frozen=True)
class YearRating(ComparedRating):
    """One rating of the year, with the stars that were to be expected."""

    day: date
    expected: float | None

    @property
    def surprise(self) -> float | None:
        """Stars above the expected ones."""
        return None if self.expected is None else self.stars - self.expected

    @property
    def distance(self) -> float | None:
        """Absolute difference from the others' mean, in stars."""
        return None if self.gap is None else abs(self.gap)


@dataclass(frozen=True)
class Month:
    first: date
    n: int


@dataclass(frozen=True)
class Category:
    """The movies of one genre or decade."""

    key: str  # slug of the genre, or first year of the decade
    name: str
    n: int
    mean: float  # stars
    above_mean: float  # stars above the year's mean, damped


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
    """How close the user is to the others, over movies that enough others have rated."""

    n: int
    mean_distance: float  # stars
    nearest: YearRating
    furthest: YearRating


@dataclass(frozen=True)
class Review:
    """Everything about one year; None where there are too few ratings."""

    year: int
    n: int
    mean: float | None
    minutes: int  # of the movies whose runtime is known
    n_minutes: int
    first: YearRating | None
    last: YearRating | None
    oldest: YearRating | None  # by year of the movie
    n_days: int
    busiest: tuple[date, int] | None
    streak: Streak | None
    months: Sequence[Month]  # January first
    best: Sequence[YearRating]
    n_top: int  # ratings with as many stars as the best one
    genres: Sequence[Category]  # the most movies first
    decades: Sequence[Category]
    favourite_genre: Category | None
    favourite_decade: Category | None
    better: YearRating | None  # furthest above the expected stars
    worse: YearRating | None  # furthest below them
    agreement: Agreement | None
    discovery: YearRating | None  # the least known movie with LOVED stars or more

    @property
    def hours(self) -> int:
        return round(self.minutes / 60)


def years_of(user: User) -> dict[int, int]:
    """Number of ratings by year, in the site's time zone, last year first. One query."""
    years = Rating.objects.of(user).annotate(year=ExtractYear("rated_at")).values_list("year")
    return dict(years.annotate(n=Count("pk")).order_by("-year"))


def review(user: User, year: int) -> Review:
    """From the current ratings, in a constant number of queries."""
    ratings = _ratings(user, year)
    mean = fmean(one.stars for one in ratings) if ratings else None
    days = Counter(one.day for one in ratings)
    known = [one.movie.runtime for one in ratings if one.movie.runtime]
    best = sorted(reversed(ratings), key=lambda one: -one.half_stars)
    genres = _categories(ratings, mean, _genres)
    decades = _categories(ratings, mean, _decade)
    better, worse = _surprises(ratings)
    return Review(
        year=year,
        n=len(ratings),
        mean=mean,
        minutes=sum(known),
        n_minutes=len(known),
        first=ratings[0] if ratings else None,
        last=ratings[-1] if ratings else None,
        oldest=min((o for o in ratings if o.movie.year), key=lambda o: o.movie.year, default=None),
        n_days=len(days),
        busiest=max(days.items(), key=lambda pair: pair[1], default=None),
        streak=_streak(sorted(days)),
        months=_months(year, ratings),
        best=best[:N_BEST],
        n_top=sum(one.half_stars == best[0].half_stars for one in ratings) if best else 0,
        genres=genres[:N_CATEGORIES],
        decades=decades[:N_CATEGORIES],
        favourite_genre=_favourite(genres),
        favourite_decade=_favourite(decades),
        better=better,
        worse=worse,
        agreement=_agreement(ratings),
        discovery=_discovery(ratings),
    )


def _ratings(user: User, year: int) -> list[YearRating]:
    """Oldest first."""
    start, end = Period(year).bounds()
    rows = Rating.objects.of(user).filter(rated_at__gte=start, rated_at__lt=end)
    found = list(with_movies(rows.order_by("rated_at", "pk")))
    expected_stars: Mapping[int, float] = (expected(user) if found else None) or {}
    return [
        YearRating(
            movie=one.movie,
            half_stars=one.half_stars,
            day=timezone.localdate(one.rated_at),
            expected=expected_stars.get(one.movie_id),
        )
        for one in found
    ]


def _months(year: int, ratings: Sequence[YearRating]) -> list[Month]:
    counts = Counter(one.day.month for one in ratings)
    return [Month(date(year, month, 1), counts[month]) for month in range(1, 13)]


def _streak(days: Sequence[date]) -> Streak | None:
    """The longest one, the first of equally long ones; a single day is none."""
    best = run = None
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            run = Streak(run.first if run else before, day)
            best = run if best is None or run.n > best.n else best
        else:
            run = None
    return best


def _genres(one: YearRating) -> Iterable[tuple[str, str]]:
    return [(genre.slug, genre.name) for genre in one.movie.genre_list]


def _decade(one: YearRating) -> Iterable[tuple[str, str]]:
    decade = one.movie.decade
    return [(str(decade), decade_name(decade))] if decade else []


def _categories(
    ratings: Sequence[YearRating],
    mean: float | None,
    categories_of: Callable[[YearRating], Iterable[tuple[str, str]]],
) -> list[Category]:
    groups: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in ratings:
        for category in categories_of(one):
            groups[category].append(one.stars)
    categories = [
        Category(
            *category,
            n=len(stars),
            mean=fmean(stars),
            above_mean=sum(one - (mean or 0.0) for one in stars) / (len(stars) + DAMPING),
        )
        for category, stars in groups.items()
    ]
    return sorted(categories, key=lambda category: (-category.n, category.name))


def _favourite(categories: Sequence[Category]) -> Category | None:
    """The one with the best stars; None if none is above the year's mean."""
    candidates = [c for c in categories if c.n >= MIN_FOR_FAVOURITE and c.above_mean > 0]
    return max(candidates, key=lambda category: category.above_mean, default=None)


def _surprises(ratings: Sequence[YearRating]) -> tuple[YearRating | None, YearRating | None]:
    """The ratings furthest above and below the expected stars, if far enough."""
    predicted = [one for one in ratings if one.surprise is not None]
    better = max(predicted, key=lambda one: one.surprise or 0.0, default=None)
    worse = min(predicted, key=lambda one: one.surprise or 0.0, default=None)
    return (
        better if better and (better.surprise or 0) >= MIN_SURPRISE else None,
        worse if worse and (worse.surprise or 0) <= -MIN_SURPRISE else None,
    )


def _agreement(ratings: Sequence[YearRating]) -> Agreement | None:
    compared = [one for one in ratings if one.distance is not None]
    if not compared:
        return None
    compared.sort(key=lambda one: one.distance or 0.0)
    return Agreement(
        n=len(compared),
        mean_distance=fmean(one.distance or 0.0 for one in compared),
        nearest=compared[0],
        furthest=compared[-1],
    )


def _discovery(ratings: Sequence[YearRating]) -> YearRating | None:
    loved = [one for one in ratings if one.stars >= LOVED]
    return min(loved, key=lambda one: (one.n_others, -one.half_stars), default=None)
