"""Statistics and highlights of what a user watched in one year.

Viewings of the diary count, and ratings of movies without any viewing: on the day of the rating.
What is about stars is about the rated movies among them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils import timezone

from movies.decades import decade_name
from movies.diary.query import with_half_stars
from movies.diary.watched import ratings_without_viewing
from movies.models import Movie, Viewing
from movies.models.viewings import period_of
from movies.my_ratings.comparison import ComparedRating
from movies.periods import Period
from movies.stars import to_stars
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
class YearViewing:
    """One movie watched in the year, on the evening of a viewing or of a rating."""

    movie: Movie
    half_stars: int | None  # the user's present rating
    updated_at: datetime | None  # when that was given or changed
    watched: Period
    is_rewatch: bool

    @property
    def day(self) -> date | None:
        """None if the diary knows only the month or the year."""
        return self.watched.first if self.watched.day else None

    @property
    def stars(self) -> float | None:
        return None if self.half_stars is None else to_stars(self.half_stars)


@dataclass(frozen=True)
class YearRating(ComparedRating):
    """The rating of a movie watched in the year, with the stars that were to be expected."""

    day: date | None  # of the last viewing in the year
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
    """Days in a row with at least one movie."""

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
    """Everything about one year; None where there is too little of it."""

    year: int
    n: int  # movies watched, each as often as it was
    n_rewatches: int
    # Or were all of them only rated: then the ratings page has the same movies by year.
    has_viewings: bool
    mean: float | None
    minutes: int  # of the movies whose runtime is known
    n_minutes: int
    first: YearViewing | None  # among those with a day
    last: YearViewing | None
    oldest: YearViewing | None  # by year of the movie
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
    def movies(self) -> list[Movie]:
        """All movies in it, some of them twice."""
        named = [self.first, self.last, self.oldest, self.better, self.worse, self.discovery]
        agreement = self.agreement
        extremes = [agreement.nearest, agreement.furthest] if agreement else []
        return [one.movie for one in (*named, *extremes, *self.best) if one]

    @property
    def hours(self) -> int:
        return round(self.minutes / 60)


def years_of(user: User) -> dict[int, int]:
    """Number of movies watched by year, in the site's time zone, last year first. One query."""
    viewings = Viewing.objects.of(user).exclude(watched_on=None)
    logged, rated = (
        rows.annotate(year=ExtractYear(moment)).values_list("year").annotate(n=Count("pk"))
        for rows, moment in ((viewings, "watched_on"), (ratings_without_viewing(user), "rated_at"))
    )
    counts: Counter[int] = Counter()
    for year, n in logged.order_by().union(rated.order_by(), all=True):
        counts[year] += n
    return dict(sorted(counts.items(), reverse=True))


def review(user: User, year: int) -> Review:
    """From the diary and the current ratings, in a constant number of queries."""
    viewings, has_viewings = _viewings(user, year)
    ratings = _ratings(user, viewings)
    mean = fmean(one.stars for one in ratings) if ratings else None
    dated = [one for one in viewings if one.day]
    days = Counter(one.day for one in dated)
    known = [one.movie.runtime for one in viewings if one.movie.runtime]
    made = [one for one in viewings if one.movie.year]
    best = sorted(reversed(ratings), key=lambda one: -one.half_stars)
    genres = _categories(ratings, mean, _genres)
    decades = _categories(ratings, mean, _decade)
    better, worse = _surprises(ratings)
    return Review(
        year=year,
        n=len(viewings),
        n_rewatches=sum(one.is_rewatch for one in viewings),
        has_viewings=has_viewings,
        mean=mean,
        minutes=sum(known),
        n_minutes=len(known),
        first=dated[0] if dated else None,
        last=dated[-1] if dated else None,
        oldest=min(made, key=lambda one: one.movie.year, default=None),
        n_days=len(days),
        busiest=max(days.items(), key=lambda pair: pair[1], default=None),
        streak=_streak(sorted(days)),
        months=_months(year, viewings),
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


def _viewings(user: User, year: int) -> tuple[list[YearViewing], bool]:
    """Oldest first, and whether any of them is in the diary. Three queries."""
    period = Period(year)
    start, end = period.bounds()
    viewings = with_half_stars(Viewing.objects.of(user).during(period).order_by("created_at", "pk"))
    logged = [
        (movie_id, half_stars, updated_at, period_of(watched_on, precision), is_rewatch)
        for movie_id, half_stars, updated_at, watched_on, precision, is_rewatch in (
            viewings.values_list(
                *("movie_id", "half_stars", "rating_updated_at"),
                *("watched_on", "precision", "is_rewatch"),
            )
        )
    ]
    ratings = ratings_without_viewing(user).filter(rated_at__gte=start, rated_at__lt=end)
    rated = [
        (movie_id, half_stars, updated_at, Period.of_day(timezone.localdate(rated_at)), False)
        for movie_id, half_stars, updated_at, rated_at in ratings.order_by(
            "rated_at", "pk"
        ).values_list("movie_id", "half_stars", "updated_at", "rated_at")
    ]
    rows = sorted([*logged, *rated], key=lambda row: row[3].first)
    movies = Movie.everything.for_cards().in_bulk({row[0] for row in rows})
    found = [YearViewing(movies[row[0]], *row[1:]) for row in rows if row[0] in movies]
    return found, bool(logged)


def _ratings(user: User, viewings: Sequence[YearViewing]) -> list[YearRating]:
    """Of the movies watched, each once, by the last viewing; oldest first."""
    last = {one.movie.pk: one for one in viewings if one.half_stars is not None}
    expected_stars: Mapping[int, float] = (expected(user) if last else None) or {}
    return [
        YearRating(
            one.movie, one.half_stars, one.updated_at, one.day, expected_stars.get(one.movie.pk)
        )
        for one in viewings
        if last.get(one.movie.pk) is one
    ]


def _months(year: int, viewings: Sequence[YearViewing]) -> list[Month]:
    counts = Counter(one.watched.month for one in viewings)
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
    return min(loved, key=lambda one: (one.movie.n_ratings, -one.half_stars), default=None)
