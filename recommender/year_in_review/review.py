"""Statistics and highlights of what a user watched in one year.

Viewings of the diary count, and ratings of movies without any viewing: on the day of the rating.
What is about stars is about the rated movies among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from movies.models import Movie
from movies.my_ratings.comparison import ComparedRating, ComparedRatings
from movies.stars import to_stars
from recommender.serving.expected import expected
from recommender.taste.rated_movies import Groups, decade_groups, genre_groups, genres_of
from recommender.year_in_review.watched import WatchedInYear, watched_in

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
    day: date | None  # None if the diary knows only the month or the year

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
    years: Mapping[int, int]  # movies watched in each year, last year first
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


def review(user: User, year: int) -> Review:
    """From the diary and the current ratings, in a constant number of queries."""
    watched, years = watched_in(user, year)
    expected_stars = (expected(user) if len(watched.rated) else None) or {}
    named = _Named.of(watched, expected_stars)
    one = _Lookup(watched, expected_stars, _movies(watched, named.places))
    ratings = watched.ratings.take(watched.rated)
    mean = float(ratings.stars.mean()) if len(ratings) else None
    of_genres = genre_groups(ratings.movie_ids, genres_of(user) if len(ratings) else {})
    genres, decades = (
        _categories(ratings.stars, mean, groups)
        for groups in (of_genres, decade_groups(ratings.years))
    )
    days = Counter(watched.first_days[place] for place in watched.dated)
    months = watched.months
    return Review(
        year=year,
        years=years,
        n=len(watched),
        n_rewatches=sum(watched.is_rewatch),
        has_viewings=watched.has_viewings,
        mean=mean,
        minutes=int(watched.runtimes.sum()),
        n_minutes=int(np.count_nonzero(watched.runtimes)),
        first=one.viewing(named.first),
        last=one.viewing(named.last),
        oldest=one.viewing(named.oldest),
        n_days=len(days),
        busiest=max(days.items(), key=lambda pair: pair[1], default=None),
        streak=_streak(sorted(days)),
        months=[Month(date(year, month, 1), months[month]) for month in range(1, 13)],
        best=[rating for place in named.best if (rating := one.rating(place))],
        n_top=int((ratings.half_stars == ratings.half_stars.max()).sum()) if len(ratings) else 0,
        genres=genres[:N_CATEGORIES],
        decades=decades[:N_CATEGORIES],
        favourite_genre=_favourite(genres),
        favourite_decade=_favourite(decades),
        better=one.rating(named.better),
        worse=one.rating(named.worse),
        agreement=_agreement(ratings, one.rating(named.nearest), one.rating(named.furthest)),
        discovery=one.rating(named.discovery),
    )


@dataclass(frozen=True)
class _Named:
    """Places of what a review names: of all that was watched, these movies alone are loaded."""

    first: int | None
    last: int | None
    oldest: int | None
    best: Sequence[int]
    better: int | None
    worse: int | None
    nearest: int | None
    furthest: int | None
    discovery: int | None

    @classmethod
    def of(cls, watched: WatchedInYear, expected_stars: Mapping[int, float]) -> _Named:
        places, dated = watched.rated, watched.dated
        years = watched.ratings.years.astype(np.float64)
        rated = watched.ratings.take(places)
        ids = rated.movie_ids.tolist()
        surprise = rated.stars - np.array([expected_stars.get(pk, np.nan) for pk in ids])
        distance = np.abs(rated.gaps)
        loved = np.flatnonzero(rated.stars >= LOVED)
        least_known = np.lexsort((-rated.half_stars[loved], rated.n_ratings[loved]))
        newest_first = np.argsort(-rated.half_stars[::-1], kind="stable")
        return cls(
            first=dated[0] if dated else None,
            last=dated[-1] if dated else None,
            oldest=_largest(np.arange(len(years)), np.where(years > 0, -years, np.nan)),
            best=places[::-1][newest_first][:N_BEST].tolist(),
            better=_largest(places, np.where(surprise >= MIN_SURPRISE, surprise, np.nan)),
            worse=_largest(places, np.where(surprise <= -MIN_SURPRISE, -surprise, np.nan)),
            nearest=_largest(places, -distance),
            furthest=_largest(places[::-1], distance[::-1]),
            discovery=int(places[loved[least_known[0]]]) if len(loved) else None,
        )

    @property
    def places(self) -> list[int]:
        ends = (self.first, self.last, self.oldest, self.better, self.worse)
        others = (self.nearest, self.furthest, self.discovery)
        return [place for place in (*ends, *others, *self.best) if place is not None]


def _largest(places: np.ndarray, values: np.ndarray) -> int | None:
    """The place of the largest value, the first among equals; None if all are NaN."""
    known = np.flatnonzero(~np.isnan(values))
    return int(places[known[values[known].argmax()]]) if len(known) else None


@dataclass(frozen=True)
class _Lookup:
    """What is at a place; None for no place."""

    watched: WatchedInYear
    expected: Mapping[int, float]
    movies: Mapping[int, Movie]

    def viewing(self, place: int | None) -> YearViewing | None:
        if place is None:
            return None
        half_stars = int(self.watched.ratings.half_stars[place]) or None
        return YearViewing(self._movie(place), half_stars, self.watched.day(place))

    def rating(self, place: int | None) -> YearRating | None:
        if place is None:
            return None
        movie = self._movie(place)
        compared = self.watched.ratings.at(place, movie)
        return YearRating(
            **vars(compared), day=self.watched.day(place), expected=self.expected.get(movie.pk)
        )

    def _movie(self, place: int) -> Movie:
        return self.movies[int(self.watched.ratings.movie_ids[place])]


def _movies(watched: WatchedInYear, places: Sequence[int]) -> dict[int, Movie]:
    ids = {int(watched.ratings.movie_ids[place]) for place in places}
    return Movie.everything.for_cards().in_bulk(ids) if ids else {}


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


def _categories(stars: np.ndarray, mean: float | None, groups: Groups) -> list[Category]:
    """The most movies first. stars: (n,); mean: of all of them."""
    own = stars[groups.places]
    n = groups.sums()
    categories = [
        Category(
            *label,
            n=int(n),
            mean=total / n,
            above_mean=above / (n + DAMPING),
        )
        for label, n, total, above in zip(
            groups.labels, n, groups.sums(own), groups.sums(own - (mean or 0.0)), strict=True
        )
    ]
    return sorted(categories, key=lambda category: (-category.n, category.name))


def _favourite(categories: Sequence[Category]) -> Category | None:
    """The one with the best stars; None if none is above the year's mean."""
    candidates = [c for c in categories if c.n >= MIN_FOR_FAVOURITE and c.above_mean > 0]
    return max(candidates, key=lambda category: category.above_mean, default=None)


def _agreement(
    ratings: ComparedRatings, nearest: YearRating | None, furthest: YearRating | None
) -> Agreement | None:
    if nearest is None or furthest is None:
        return None
    distances = np.abs(ratings.gaps[~np.isnan(ratings.gaps)])
    return Agreement(len(distances), float(distances.mean()), nearest, furthest)
