"""Changing several of one's own ratings in one step, and taking that step back as one.

What the ratings were before is kept in the database, in the same transaction: a page could not
carry hundreds of them, and a session is written after the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils import timezone

from cfsite.lib.transactions import in_transaction
from movies.lists import entries
from movies.lists.lifecycle import ListDeleted
from movies.models import BulkEdit, Mark, Movie, MovieList, Rating

if TYPE_CHECKING:
    from accounts.models import User


# As for a single rating: long enough for second thoughts.
MAX_AGE = timedelta(hours=24)


# Of one person; each may hold thousands of ratings.
KEPT = 5


BATCH = 500


Row = TypeVar("Row")


class UndoError(Exception):
    """Too old, taken back already, or somebody else's."""


@dataclass(frozen=True)
class UndoResult:
    """How many are as they were, and how many stayed because they were changed again since."""

    n: int
    n_left: int


def latest(user: User) -> BulkEdit | None:
    """This person's last step, if it can still be taken back."""
    young = BulkEdit.objects.filter(user=user, made_at__gt=timezone.now() - MAX_AGE)
    step = young.defer("before").order_by("-made_at").first()
    return None if step is None or step.undone_at else step


def give(user: User, ratings: models.QuerySet[Rating], half_stars: int) -> BulkEdit | None:
    """Give all these movies that many stars; None when all have them already."""

    def work() -> BulkEdit | None:
        rows = [one for one in _locked(ratings) if one.half_stars != half_stars]
        step = _keep(user, BulkEdit.Kind.STARS, [_said(one) for one in rows], half_stars)
        if step is None:
            return None
        for some in _batches([one.pk for one in rows]):
            Rating.objects.filter(pk__in=some).update(
                half_stars=half_stars, updated_at=step.made_at, prediction_shown=False
            )
        return step

    return in_transaction(work)


def remove(user: User, ratings: models.QuerySet[Rating]) -> BulkEdit | None:
    """Take all these ratings back; None when there are none."""

    def work() -> BulkEdit | None:
        rows = _locked(ratings)
        step = _keep(user, BulkEdit.Kind.REMOVED, [_said(one) for one in rows])
        for some in _batches([one.pk for one in rows]):
            Rating.objects.filter(pk__in=some).delete()
        return step

    return in_transaction(work)


def put_on_watchlist(user: User, ratings: models.QuerySet[Rating]) -> BulkEdit | None:
    """Put all these movies on the watchlist; None when all are on it already."""

    def work() -> BulkEdit | None:
        marks = Mark.objects.filter(user=user, kind=Mark.Kind.WATCHLIST)
        there = set(marks.values_list("movie_id", flat=True))
        ids = sorted(set(ratings.values_list("movie_id", flat=True)) - there)
        step = _keep(user, BulkEdit.Kind.WATCHLIST, ids)
        Mark.objects.bulk_create(
            [Mark(user=user, movie_id=pk, kind=Mark.Kind.WATCHLIST) for pk in ids],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
        return step

    return in_transaction(work)


def put_on_list(user: User, movie_list: MovieList, movie_ids: Sequence[int]) -> BulkEdit | None:
    """Put these movies on a list of this user, in this order; None when all are on it already.

    Raises:
        ListLimitReached, ListDeleted: see `entries.add_many`.
    """

    def work() -> BulkEdit | None:
        new = entries.add_many(movie_list, movie_ids)
        return _keep(user, BulkEdit.Kind.LIST, new, movie_list=movie_list)

    return in_transaction(work)


def undo(user: User, step_id: int) -> UndoResult:
    """Put back what the step changed, except what was changed again since.

    Raises:
        UndoError: see there; nothing was changed.
    """

    def work() -> UndoResult:
        # Whoever takes the same step back at this moment waits here, and then finds it done.
        step = BulkEdit.objects.select_for_update().filter(user=user, pk=step_id).first()
        if step is None or step.undone_at or step.made_at < timezone.now() - MAX_AGE:
            raise UndoError
        n = _TAKE_BACK[step.kind](user, step)
        step.undone_at = timezone.now()
        step.save(update_fields=["undone_at"])
        return UndoResult(n, step.n - n)

    return in_transaction(work)


def _locked(ratings: models.QuerySet[Rating]) -> list[Rating]:
    return list(ratings.order_by("pk").select_for_update(of=("self",)))


def _said(rating: Rating) -> list[Any]:
    at = rating.rated_at.isoformat()
    return [rating.movie_id, rating.half_stars, at, rating.prediction_shown]


def _keep(
    user: User, kind: str, before: Sequence[Any], half_stars: int | None = None, **more: Any
) -> BulkEdit | None:
    """The step, written down; None for one that changes nothing."""
    if not before:
        return None
    own, now = BulkEdit.objects.filter(user=user), timezone.now()
    newest = own.order_by("-made_at").values_list("pk", flat=True)[: KEPT - 1]
    own.exclude(pk__in=list(newest)).delete()
    own.filter(made_at__lt=now - MAX_AGE).delete()
    return BulkEdit.objects.create(
        user=user,
        kind=kind,
        half_stars=half_stars,
        made_at=now,
        n=len(before),
        before=before,
        **more,
    )


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def _take_back_stars(user: User, step: BulkEdit) -> int:
    given = Rating.objects.of(user).filter(updated_at=step.made_at, half_stars=step.half_stars)
    as_left = {one.movie_id for one in _locked(given)}
    rows = [row for row in step.before if row[0] in as_left]
    Rating.objects.bulk_create(
        _ratings(user, rows),
        update_conflicts=True,
        unique_fields=["user", "movie"],
        update_fields=["half_stars", "updated_at", "prediction_shown"],
        batch_size=BATCH,
    )
    return len(rows)


def _take_back_removal(user: User, step: BulkEdit) -> int:
    rated = set(Rating.objects.of(user).values_list("movie_id", flat=True))
    rows = [row for row in step.before if row[0] not in rated]
    there: set[int] = set()
    for some in _batches([row[0] for row in rows]):
        there |= set(Movie.objects.filter(pk__in=some).values_list("pk", flat=True))
    rows = [row for row in rows if row[0] in there]
    # Whoever rates one of them at this moment in another window keeps that rating.
    Rating.objects.bulk_create(_ratings(user, rows), ignore_conflicts=True, batch_size=BATCH)
    return len(rows)


def _take_back_marks(user: User, step: BulkEdit) -> int:
    marks = Mark.objects.filter(user=user, kind=Mark.Kind.WATCHLIST)
    return sum(marks.filter(movie__in=some).delete()[0] for some in _batches(step.before))


def _take_back_entries(user: User, step: BulkEdit) -> int:
    try:
        return entries.remove_many(step.movie_list, step.before)
    except ListDeleted:  # at this moment, in another window
        return 0


_TAKE_BACK = {
    BulkEdit.Kind.STARS: _take_back_stars,
    BulkEdit.Kind.REMOVED: _take_back_removal,
    BulkEdit.Kind.WATCHLIST: _take_back_marks,
    BulkEdit.Kind.LIST: _take_back_entries,
}


def _ratings(user: User, rows: Sequence[Sequence[Any]]) -> list[Rating]:
    """In order of movies, as everybody who writes many ratings does: else two writers deadlock."""
    now = timezone.now()
    return [
        Rating(
            user=user,
            movie_id=movie_id,
            half_stars=half_stars,
            rated_at=datetime.fromisoformat(rated_at),
            updated_at=now,
            prediction_shown=shown,
        )
        for movie_id, half_stars, rated_at, shown in sorted(rows)
    ]
