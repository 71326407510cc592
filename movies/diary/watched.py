"""Which movies a user has watched, and when: by viewings, else by ratings, else by marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

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


class WatchedMovie(NamedTuple):
    movie_id: int
    first_day: date  # of the period; date.min if unknown
    viewed: Period | None  # of the last viewing; None if unknown, and for ratings
    n_viewings: int
    is_rated: bool

    @property
    def when(self) -> Period | None:
        """Of the last viewing, else of the rating; None if unknown."""
        if self.viewed or self.first_day == date.min:
            return self.viewed
        return Period.of_day(self.first_day)


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
    found = [*_viewed(viewings, rated, during), *_rated(viewings, rated, during)]
    if during is None:
        others = (pk for pk in marked if pk not in viewings and pk not in rated)
        found += [WatchedMovie(pk, date.min, None, 0, is_rated=False) for pk in others]
    return sorted(found, key=attrgetter("first_day"), reverse=True)


def _viewed(
    viewings: Mapping[int, Sequence[Period | None]],
    rated: Mapping[int, datetime],
    during: Period | None,
) -> Iterator[WatchedMovie]:
    for movie_id, periods in viewings.items():
        known = [one for one in periods if one and (during is None or one in during)]
        if known or during is None:
            last = max(known, key=lambda period: period.first, default=None)
            first_day = last.first if last else date.min
            yield WatchedMovie(movie_id, first_day, last, len(periods), movie_id in rated)


def _rated(
    viewings: Mapping[int, Sequence[Period | None]],
    rated: Mapping[int, datetime],
    during: Period | None,
) -> Iterator[WatchedMovie]:
    zone = timezone.get_current_timezone()
    first, end = (during.first, during.next) if during else (date.min, date.max)
    for movie_id, moment in rated.items():
        if movie_id not in viewings:
            day = moment.astimezone(zone).date()
            if first <= day < end:
                yield WatchedMovie(movie_id, day, None, 0, is_rated=True)
