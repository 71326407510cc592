"""Ratings and marks written by apps that may have been offline: of two writes the newer stands.

What counts is when the member did it, not when it arrived. The log of changes knows that time, for
what was removed too (`MemberChange.at`); without an entry it is when the row was last changed. All
of a member's writes of this kind wait for each other at the member's counter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cfsite.lib.transactions import in_transaction
from movies.models import ChangeCounter, EarlierRating, Mark, MemberChange, Movie, Rating
from movies.stars import to_half_stars

if TYPE_CHECKING:
    from accounts.models import User
    from movies.models import Viewing

Kind = MemberChange.Kind


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    STALE = "stale"  # something newer stands
    NO_MOVIE = "no_movie"


@dataclass(frozen=True)
class RatingWrite:
    movie_id: int
    stars: float | None  # None removes the rating
    at: datetime
    prediction_shown: bool | None = None  # None leaves it as it was


@dataclass(frozen=True)
class Written:
    outcome: Outcome
    rating: Rating | None  # what stands now


def save_ratings(user: User, writes: Sequence[RatingWrite]) -> list[Written]:
    """Save or remove ratings in one transaction, in a constant number of queries.

    Returns what became of each, in the same order.

    Raises:
        ValueError: stars are off the grid; nothing is saved.
    """
    return in_transaction(lambda: _RatingsOfOne(user, writes).save())


def rate_now(
    user: User, movie: Movie, stars: float, prediction_shown: bool | None = None
) -> tuple[Rating, bool]:
    """The rating as it stands after a write of this moment, which is newer than all others, and
    whether it is new: one upsert, or none if nothing would change.
    """
    own = Rating.objects.of(user).filter(movie=movie)
    before = own.first()
    shown = prediction_shown if prediction_shown is not None else before and before.prediction_shown
    if before and (before.stars, before.prediction_shown) == (stars, shown):
        now = timezone.now()
        # An older removal that arrives later must not win against this.
        if not MemberChange.objects.of(user).filter(kind=Kind.RATING, key=movie.pk).update(at=now):
            note_times(user, Kind.RATING, {movie.pk: now})
        return before, False
    sent = Rating.objects.rate(user, movie, stars, prediction_shown=prediction_shown)
    if before and sent.pk == before.pk:  # the same row, whose other columns stay
        sent.rated_at, sent.prediction_shown = before.rated_at, bool(shown)
        return sent, False
    # The upsert returns no stored row. A changed rating keeps its `rated_at`: so of concurrent
    # calls, the one with the stored time is the one that created it.
    stored = own.first()
    if stored is None:  # removed since, by another request
        return sent, True
    return stored, before is None and stored.rated_at == sent.rated_at


def remove_rating(user: User, movie_id: int, at: datetime) -> Written:
    return save_ratings(user, [RatingWrite(movie_id, None, at)])[0]


class _RatingsOfOne:
    """The ratings of one member that a request is about, while it is worked through."""

    def __init__(self, user: User, writes: Sequence[RatingWrite]) -> None:
        self._user, self._writes, self._now = user, writes, timezone.now()
        ids = sorted({write.movie_id for write in writes})
        ChangeCounter.objects.lock(user)
        movies = Movie.everything.filter(pk__in=ids)
        self._is_retired = dict(movies.values_list("pk", "retired_at"))
        own = Rating.objects.of(user).filter(movie__in=ids)
        self._before = {rating.movie_id: rating for rating in own}
        self._after: dict[int, Rating | None] = dict(self._before)
        self._times = times_of(user, Kind.RATING, ids)
        for movie_id, rating in self._before.items():
            self._times.setdefault(movie_id, rating.updated_at)
        self._noted: dict[int, datetime] = {}

    def save(self) -> list[Written]:
        outcomes = [self._take(write) for write in self._writes]
        self._store()
        return [
            Written(outcome, self._after.get(write.movie_id))
            for outcome, write in zip(outcomes, self._writes, strict=True)
        ]

    def _take(self, write: RatingWrite) -> Outcome:
        standing = self._after.get(write.movie_id)
        # Whoever rated a movie that was retired since may still remove the rating.
        is_retired = self._is_retired.get(write.movie_id, True)
        if is_retired and (write.stars is not None or write.movie_id not in self._is_retired):
            return Outcome.NO_MOVIE
        known = self._times.get(write.movie_id)
        if known is not None and write.at < known:
            return Outcome.STALE
        self._times[write.movie_id] = self._noted[write.movie_id] = write.at
        if write.stars is None:
            self._after[write.movie_id] = None
            return Outcome.REMOVED
        wanted = self._wanted(write, standing)
        if standing is not None and _values(wanted) == _values(standing):
            return Outcome.UNCHANGED
        self._after[write.movie_id] = wanted
        return Outcome.CREATED if standing is None else Outcome.CHANGED

    def _wanted(self, write: RatingWrite, standing: Rating | None) -> Rating:
        shown = write.prediction_shown
        if shown is None:
            shown = standing.prediction_shown if standing else False
        return Rating(
            pk=standing and standing.pk,
            user=self._user,
            movie_id=write.movie_id,
            half_stars=to_half_stars(write.stars),
            rated_at=standing.rated_at if standing else write.at,
            updated_at=self._now,
            prediction_shown=shown,
        )

    def _store(self) -> None:
        gone = [was for pk, was in self._before.items() if self._after[pk] is None]
        EarlierRating.objects.keep_removed(gone, self._now)
        if gone:
            Rating.objects.filter(pk__in=[was.pk for was in gone]).delete()
        changed = [
            rating
            for movie_id, rating in sorted(self._after.items())
            if rating is not None and rating is not self._before.get(movie_id)
        ]
        if changed:
            # Ids are those of the rows that stand, or the database's choice.
            Rating.objects.bulk_create(
                [_without_id(rating) for rating in changed],
                update_conflicts=True,
                unique_fields=["user", "movie"],
                update_fields=["half_stars", "updated_at", "prediction_shown"],
            )
        note_times(self._user, Kind.RATING, self._noted)


def _values(rating: Rating) -> tuple[int, bool]:
    return rating.half_stars, rating.prediction_shown


def _without_id(rating: Rating) -> Rating:
    rating.pk = None
    return rating


def times_of(user: User, kind: str, keys: Collection[int]) -> dict[int, datetime]:
    """When the member last changed each of these, as far as the log goes back."""
    logged = MemberChange.objects.of(user).filter(kind=kind, key__in=keys)
    return dict(logged.values_list("key", "at"))


def note_times(user: User, kind: str, times: Mapping[int, datetime]) -> None:
    """Let the log say when the member changed these: after a write, or instead of one that
    changes nothing. Of what is noted alone, apps hear nothing."""
    if not times:
        return
    number = ChangeCounter.objects.filter(pk=user.pk).values_list("number", flat=True).first()
    if number is None:
        return
    MemberChange.objects.bulk_create(
        [
            MemberChange(user=user, kind=kind, key=key, at=at, number=number)
            for key, at in sorted(times.items())
        ],
        update_conflicts=True,
        unique_fields=["user", "kind", "key"],
        update_fields=["at"],
    )


def set_mark(user: User, movie: Movie, kind: str, at: datetime) -> tuple[Outcome, Mark | None]:
    """Mark the movie, unless something newer stands. Returns what stands now."""

    def work() -> tuple[Outcome, Mark | None]:
        mark, is_stale = _mark_now(user, movie.pk, kind, at)
        if is_stale:
            return Outcome.STALE, mark
        outcome = Outcome.UNCHANGED if mark else Outcome.CREATED
        if mark is None:
            Mark.objects.add(user, movie, kind, at)
            mark = Mark.objects.get(user=user, movie=movie, kind=kind)
        note_times(user, kind, {movie.pk: at})
        return outcome, mark

    return in_transaction(work)


def remove_mark(user: User, movie_id: int, kind: str, at: datetime) -> tuple[Outcome, Mark | None]:
    """Remove the mark, unless something newer stands. Returns what stands now."""

    def work() -> tuple[Outcome, Mark | None]:
        mark, is_stale = _mark_now(user, movie_id, kind, at)
        if is_stale:
            return Outcome.STALE, mark
        if mark is not None:
            Mark.objects.filter(pk=mark.pk).delete()
        note_times(user, kind, {movie_id: at})
        return Outcome.REMOVED, None

    return in_transaction(work)


def _mark_now(user: User, movie_id: int, kind: str, at: datetime) -> tuple[Mark | None, bool]:
    """The mark, if there is one, and whether something newer than `at` stands."""
    ChangeCounter.objects.lock(user)
    mark = Mark.objects.filter(user=user, movie=movie_id, kind=kind).first()
    known = times_of(user, kind, [movie_id]).get(movie_id, mark and mark.created_at)
    return mark, known is not None and at < known


@contextmanager
def changing(user: User) -> Iterator[None]:
    """A transaction that all other writes of the member's apps wait for, and that may read what it
    changes."""
    with transaction.atomic():
        ChangeCounter.objects.lock(user)
        yield


def is_stale_viewing(user: User, viewing: Viewing, at: datetime) -> bool:
    """Whether a newer change of the viewing stands."""
    times = times_of(user, Kind.VIEWING, [viewing.pk])
    return at < times.get(viewing.pk, viewing.updated_at)
