"""Which movies a user has watched, and when: by viewings, else by ratings, else by marks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils import timezone

from movies.models import Mark, Rating, RatingQuerySet, Viewing
from movies.models.viewings import period_of
from movies.periods import Period

if TYPE_CHECKING:
    from accounts.models import User


def ratings_without_viewing(user: User) -> RatingQuerySet:
    """Ratings that count as a viewing on their day, as the diary has none of the movie."""
    viewings = Viewing.objects.filter(user=user, movie=OuterRef("movie"))
    return Rating.objects.of(user).exclude(Exists(viewings))


@dataclass(frozen=True)
class WatchedMovie:
    movie_id: int
    when: Period | None  # of the last viewing, else of the rating; None if unknown
    n_viewings: int
    is_rated: bool


def watched_movies(user: User, during: Period | None = None) -> list[WatchedMovie]:
    """The last watched first, unknown dates last. Three queries.

    Args:
        during: only what was watched in this period.
    """
    viewings: dict[int, list[Period | None]] = defaultdict(list)
    rows = Viewing.objects.of(user).values_list("movie_id", "watched_on", "precision")
    for movie_id, watched_on, precision in rows:
        viewings[movie_id].append(period_of(watched_on, precision))
    rated = dict(Rating.objects.of(user).values_list("movie_id", "rated_at"))
    marks = Mark.objects.filter(user=user, kind=Mark.Kind.SEEN).order_by("-created_at")
    marked = marks.values_list("movie_id", flat=True)

    found = []
    for movie_id in dict.fromkeys([*viewings, *rated, *marked]):
        if movie_id in viewings:
            periods = viewings[movie_id]
        elif movie_id in rated:
            periods = [Period.of_day(timezone.localdate(rated[movie_id]))]
        else:
            periods = [None]
        if during is not None:
            periods = [period for period in periods if period and period in during]
        if periods:
            last = max((period for period in periods if period), key=_first, default=None)
            n_viewings = len(viewings.get(movie_id, ()))
            found.append(WatchedMovie(movie_id, last, n_viewings, movie_id in rated))
    return sorted(found, key=lambda one: _first(one.when), reverse=True)


def _first(period: Period | None) -> date:
    return period.first if period else date.min
