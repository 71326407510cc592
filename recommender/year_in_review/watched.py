"""What a user watched: viewings of the diary, and ratings of movies without any, on their day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone

from movies.diary.query import with_half_stars
from movies.diary.watched import ratings_without_viewing
from movies.models import Viewing
from movies.my_ratings.comparison import FIGURES, ComparedRatings, is_published
from movies.periods import Period
from recommender.serving.users import model_and_user_state

if TYPE_CHECKING:
    from accounts.models import User

DAY, YEAR = Viewing.Precision.DAY, Viewing.Precision.YEAR
# Of a viewing's or rating's movie, in the order of `WatchedInYear.of_rows`.
_MOVIE = (*(f"movie__{name}" for name in FIGURES), "movie__runtime")


@dataclass(frozen=True)
class WatchedInYear:
    """Column by column: place k of each is one viewing or rating, oldest first."""

    ratings: ComparedRatings  # the user's present ratings; 0 half stars for none
    runtimes: np.ndarray  # (n,) minutes; 0 where unknown
    first_days: Sequence[date]  # of the day, month or year that is known
    precisions: Sequence[str]
    is_rewatch: Sequence[bool]
    has_viewings: bool  # is any of them in the diary?

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[Any, ...]], *, has_viewings: bool) -> WatchedInYear:
        """rows: movie id, half stars, `is_published`, _MOVIE, first day, precision, rewatch."""
        return cls(
            ratings=ComparedRatings.from_rows((row[0], row[1] or 0, *row[2:7]) for row in rows),
            runtimes=np.array([row[7] or 0 for row in rows], np.int64),
            first_days=[row[8] for row in rows],
            precisions=[row[9] for row in rows],
            is_rewatch=[row[10] for row in rows],
            has_viewings=has_viewings,
        )

    def __len__(self) -> int:
        return len(self.first_days)

    def day(self, place: int) -> date | None:
        """None if the diary knows only the month or the year."""
        return self.first_days[place] if self.precisions[place] == DAY else None

    @property
    def months(self) -> Counter[int]:
        """How many were watched in each month; without those of which only the year is known."""
        pairs = zip(self.first_days, self.precisions, strict=True)
        return Counter(first.month for first, precision in pairs if precision != YEAR)

    @property
    def dated(self) -> list[int]:
        """Places of those with a day."""
        return [place for place, precision in enumerate(self.precisions) if precision == DAY]

    @property
    def rated(self) -> np.ndarray:
        """Places of the last viewings of the rated movies."""
        places = np.flatnonzero(self.ratings.half_stars).tolist()
        last = {int(self.ratings.movie_ids[place]): place for place in places}
        return np.array(sorted(last.values()), np.int64)


def watched_in(user: User, year: int) -> tuple[WatchedInYear, dict[int, int]]:
    """Everything of one year, and how many movies were watched in each. Two queries."""
    start, end = Period(year).bounds()
    diary = list(_diary(user))
    logged = [row for row in diary if row[8] is not None and row[8].year == year]
    unlogged = ratings_without_viewing(user).filter(rated_at__gte=start, rated_at__lt=end)
    rows = unlogged.annotate(is_published=is_published()).order_by("rated_at", "pk")
    days = _days(user)
    rated = [
        (*row, days[row[0]], DAY, False)
        for row in rows.values_list("movie_id", "half_stars", "is_published", *_MOVIE)
        if row[0] in days
    ]
    found = sorted([*logged, *rated], key=lambda row: row[8])
    counts = _counts(((row[0], row[8]) for row in diary), days)
    return WatchedInYear.of_rows(found, has_viewings=bool(logged)), counts


def years_of(user: User) -> dict[int, int]:
    """Number of movies watched by year, in the site's time zone, last year first."""
    viewings = Viewing.objects.of(user).order_by().values_list("movie_id", "watched_on")
    return _counts(viewings, _days(user))


def _diary(user: User) -> QuerySet:
    """All viewings, in the order in which they were written down."""
    viewings = with_half_stars(Viewing.objects.of(user).order_by("created_at", "pk"))
    return viewings.annotate(is_published=is_published("rating_updated_at")).values_list(
        *("movie_id", "half_stars", "is_published", *_MOVIE),
        *("watched_on", "precision", "is_rewatch"),
    )


def _days(user: User) -> dict[int, date]:
    """The days of all ratings, in the site's time zone, by movie id."""
    _model, state = model_and_user_state(user)
    zone = timezone.get_current_timezone()
    return {
        movie_id: datetime.fromtimestamp(second, zone).date()
        for movie_id, second in state.rated_at.items()
    }


def _counts(viewings: Iterable[tuple[int, date | None]], rated: dict[int, date]) -> dict[int, int]:
    logged = list(viewings)
    counts = Counter(watched_on.year for _movie, watched_on in logged if watched_on)
    in_diary = {movie_id for movie_id, _watched_on in logged}
    counts.update(day.year for movie_id, day in rated.items() if movie_id not in in_diary)
    return dict(sorted(counts.items(), reverse=True))
