"""Why a profile is suspicious: the ratings that stand out, and how they came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from movies.models import Movie, Rating

MOST_SHOWN = 15


@dataclass(frozen=True)
class OddRating:
    """A rating far from what others gave a movie that few have rated."""

    movie: Movie
    stars: float
    n_others: int
    average: float | None  # of the others, in stars
    rated_at: datetime

    @property
    def difference(self) -> float:
        return 0.0 if self.average is None else self.stars - self.average

    @property
    def weight(self) -> float:
        """What it adds to RDMA."""
        return abs(self.difference) / (self.n_others + 1)


@dataclass(frozen=True)
class Evidence:
    """What staff look at before they decide."""

    odd_ratings: list[OddRating]
    n_ratings: int
    first: datetime | None
    last: datetime | None
    most_in_an_hour: int


def evidence_about(user: User) -> Evidence:
    """The user's ratings beside those of everybody else."""
    is_counted = not User.objects.uncounted().filter(pk=user.pk).exists()
    ratings = Rating.objects.filter(user=user).select_related("movie")
    odd = [_odd(rating, is_counted) for rating in ratings]
    times = sorted(rating.rated_at for rating in odd)
    return Evidence(
        sorted(odd, key=lambda rating: -rating.weight)[:MOST_SHOWN],
        len(odd),
        times[0] if times else None,
        times[-1] if times else None,
        _most_in_an_hour(times),
    )


def _odd(rating: Rating, is_counted: bool) -> OddRating:
    """The counts of a movie include the rating, unless its user is left out."""
    n = rating.movie.n_ratings - is_counted
    total = rating.movie.half_star_sum - rating.half_stars * is_counted
    average = total / n / 2 if n > 0 else None
    return OddRating(rating.movie, rating.half_stars / 2, max(n, 0), average, rating.rated_at)


def _most_in_an_hour(times: list[datetime]) -> int:
    most, first = 0, 0
    for last, time in enumerate(times):
        while (time - times[first]).total_seconds() > 3600:
            first += 1
        most = max(most, last - first + 1)
    return most
