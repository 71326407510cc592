"""Changing many of a user's ratings at once, and undoing that as a whole.

The previous state is stored in the same transaction: a page could not carry hundreds of ratings,
and a session is saved only after the response.
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
from movies.models import BulkEdit, EarlierRating, Mark, Movie, MovieList, Rating

if TYPE_CHECKING:
    from accounts.models import User


# As for a single rating.
MAX_AGE = timedelta(hours=24)
# Each may contain thousands of ratings.
MAX_EDITS_PER_USER = 5
BATCH = 500

Row = TypeVar("Row")


class UndoError(Exception):
    """The edit is too old, already undone, or another user's."""


@dataclass(frozen=True)
class UndoResult:
    """How many movies were restored, and how many not because they were changed since."""

    n: int
    n_left: int


def latest_edit(user: User) -> BulkEdit | None:
    """The user's last edit, if it can still be undone."""
    recent = BulkEdit.objects.filter(user=user, made_at__gt=timezone.now() - MAX_AGE)
    edit = recent.defer("before").order_by("-made_at").first()
    return None if edit is None or edit.undone_at else edit


def set_stars(user: User, ratings: models.QuerySet[Rating], half_stars: int) -> BulkEdit | None:
    """Rate all these movies anew; None if nothing changes."""

    def work() -> BulkEdit | None:
        rows = [one for one in _locked(ratings) if one.half_stars != half_stars]
        edit = _record(user, BulkEdit.Kind.STARS, [_snapshot(one) for one in rows], half_stars)
        if edit is None:
            return None
        for some in _batches([one.pk for one in rows]):
            Rating.objects.filter(pk__in=some).update(
                half_stars=half_stars, updated_at=edit.made_at, prediction_shown=False
            )
        return edit

    return in_transaction(work)


def remove_ratings(user: User, ratings: models.QuerySet[Rating]) -> BulkEdit | None:
    """Delete these ratings; None if there are none."""

    def work() -> BulkEdit | None:
        rows = _locked(ratings)
        edit = _record(user, BulkEdit.Kind.REMOVED, [_snapshot(one) for one in rows])
        if edit is not None:
            EarlierRating.objects.keep_removed(rows, edit.made_at)
        for some in _batches([one.pk for one in rows]):
            Rating.objects.filter(pk__in=some).delete()
        return edit

    return in_transaction(work)


def add_to_watchlist(user: User, ratings: models.QuerySet[Rating]) -> BulkEdit | None:
    """Add these movies to the watchlist; None if all are on it already."""

    def work() -> BulkEdit | None:
        marks = Mark.objects.filter(user=user, kind=Mark.Kind.WATCHLIST)
        marked = set(marks.values_list("movie_id", flat=True))
        ids = sorted(set(ratings.values_list("movie_id", flat=True)) - marked)
        edit = _record(user, BulkEdit.Kind.WATCHLIST, ids)
        Mark.objects.bulk_create(
            [Mark(user=user, movie_id=pk, kind=Mark.Kind.WATCHLIST) for pk in ids],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
        return edit

    return in_transaction(work)


def add_to_list(user: User, movie_list: MovieList, movie_ids: Sequence[int]) -> BulkEdit | None:
    """Add these movies to one of the user's lists; None if all are on it already.

    Raises:
        ListLimitReached, ListDeleted: see `entries.add_many`.
    """

    def work() -> BulkEdit | None:
        new = entries.add_many(movie_list, movie_ids)
        return _record(user, BulkEdit.Kind.LIST, new, movie_list=movie_list)

    return in_transaction(work)


def undo(user: User, edit_id: int) -> UndoResult:
    """Restore what the edit changed, except what was changed again since.

    Raises:
        UndoError: the edit cannot be undone; nothing was changed.
    """

    def work() -> UndoResult:
        # A concurrent undo of the same edit waits here, and then finds it done.
        edit = BulkEdit.objects.select_for_update().filter(user=user, pk=edit_id).first()
        if edit is None or edit.undone_at or edit.made_at < timezone.now() - MAX_AGE:
            raise UndoError
        n = _UNDO[edit.kind](user, edit)
        edit.undone_at = timezone.now()
        edit.save(update_fields=["undone_at"])
        return UndoResult(n, edit.n - n)

    return in_transaction(work)


def _locked(ratings: models.QuerySet[Rating]) -> list[Rating]:
    return list(ratings.order_by("pk").select_for_update(of=("self",)))


def _snapshot(rating: Rating) -> list[Any]:
    at = rating.rated_at.isoformat()
    return [rating.movie_id, rating.half_stars, at, rating.prediction_shown]


def _record(
    user: User, kind: str, before: Sequence[Any], half_stars: int | None = None, **more: Any
) -> BulkEdit | None:
    """Store the edit and drop old ones; None for an edit that changes nothing."""
    if not before:
        return None
    own, now = BulkEdit.objects.filter(user=user), timezone.now()
    newest = own.order_by("-made_at").values_list("pk", flat=True)[: MAX_EDITS_PER_USER - 1]
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


def _undo_stars(user: User, edit: BulkEdit) -> int:
    given = Rating.objects.of(user).filter(updated_at=edit.made_at, half_stars=edit.half_stars)
    unchanged = {one.movie_id for one in _locked(given)}
    rows = [row for row in _rows_before(edit) if row[0] in unchanged]
    Rating.objects.bulk_create(
        _ratings(user, rows),
        update_conflicts=True,
        unique_fields=["user", "movie"],
        update_fields=["half_stars", "updated_at", "prediction_shown"],
        batch_size=BATCH,
    )
    _forget_edit(user, edit, rows)
    return len(rows)


def _undo_removal(user: User, edit: BulkEdit) -> int:
    rated = set(Rating.objects.of(user).values_list("movie_id", flat=True))
    rows = [row for row in _rows_before(edit) if row[0] not in rated]
    # A rating given at this moment in another window wins.
    Rating.objects.bulk_create(_ratings(user, rows), ignore_conflicts=True, batch_size=BATCH)
    _forget_edit(user, edit, rows)
    return len(rows)


def _rows_before(edit: BulkEdit) -> list[list[Any]]:
    """The rows before the edit, of movies that exist; those merged since as what they became."""
    survivors: dict[int, int] = {}
    for some in _batches([row[0] for row in edit.before]):
        survivors |= Movie.everything.survivors(some)
    rows = {
        survivors[row[0]]: [survivors[row[0]], *row[1:]]
        for row in edit.before
        if row[0] in survivors
    }
    return list(rows.values())


def _forget_edit(user: User, edit: BulkEdit, rows: Sequence[Sequence[Any]]) -> None:
    """Drop what the history kept when the edit was made."""
    for some in _batches([row[0] for row in rows]):
        EarlierRating.objects.forget_since(user, some, edit.made_at)


def _undo_marks(user: User, edit: BulkEdit) -> int:
    marks = Mark.objects.filter(user=user, kind=Mark.Kind.WATCHLIST)
    return sum(marks.filter(movie__in=some).delete()[0] for some in _batches(edit.before))


def _undo_entries(user: User, edit: BulkEdit) -> int:
    try:
        return entries.remove_many(edit.movie_list, edit.before)
    except ListDeleted:  # at this moment, in another window
        return 0


_UNDO = {
    BulkEdit.Kind.STARS: _undo_stars,
    BulkEdit.Kind.REMOVED: _undo_removal,
    BulkEdit.Kind.WATCHLIST: _undo_marks,
    BulkEdit.Kind.LIST: _undo_entries,
}


def _ratings(user: User, rows: Sequence[Sequence[Any]]) -> list[Rating]:
    """Sorted by movie, like all bulk writes of ratings; otherwise two of them could deadlock."""
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
