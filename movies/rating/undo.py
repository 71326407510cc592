"""Undo of ratings and marks.

The state before a change is signed and put into the page, so that nothing has to be stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction

from movies.models import EarlierRating, Mark, Movie, Rating

if TYPE_CHECKING:
    from accounts.models import User

SALT = "movies.undoing"
MARK_SALT = "movies.rating.undo.marks"
# Seals expire, so that old ones cannot be used against later ratings.
MAX_AGE = 24 * 3600


class UndoError(Exception):
    """The seal is invalid, expired or another user's, or the movie was deleted or rated since."""


def seal(
    user: User, movie: Movie, before: Rating | None, after: Rating | None, changed_at: datetime
) -> str:
    """A signed, URL-safe text with which `undo` restores the rating, or removes it.

    Args:
        after: the rating that took its place; if that has changed since, it is not undone.
        changed_at: a moment just before the change, after which its history begins.
    """
    half_stars = after and after.half_stars
    state: list[Any] = [user.pk, movie.pk, half_stars, changed_at.isoformat(), None, None, False]
    if before is not None:
        state[4:] = [before.half_stars, before.rated_at.isoformat(), before.prediction_shown]
    return signing.dumps(state, salt=SALT, compress=True)


def undo(user: User, sealed: str) -> tuple[Movie, Rating | None]:
    """Restore the sealed rating with its `rated_at`, or remove the rating if there was none.

    Raises:
        UndoError: the seal cannot be used.
    """
    try:
        owner, movie_id, after, changed_at, half_stars, rated_at, shown = signing.loads(
            sealed, salt=SALT, max_age=MAX_AGE
        )
    except (signing.BadSignature, UnicodeError, ValueError) as error:
        raise UndoError from error
    movie = Movie.objects.for_cards().filter(pk=movie_id).first()
    if owner != user.pk or movie is None:
        raise UndoError
    now = Rating.objects.of(user).filter(movie=movie).values_list("half_stars", flat=True).first()
    if now != after:
        raise UndoError
    rating = None
    with transaction.atomic():
        if half_stars is None:
            Rating.objects.unrate(user, movie)
        else:
            rating = Rating.objects.rate(
                user,
                movie,
                half_stars / 2,
                prediction_shown=shown,
                rated_at=datetime.fromisoformat(rated_at),
            )
        since = datetime.fromisoformat(changed_at)
        EarlierRating.objects.forget_since(user, [movie.pk], since)
    return movie, rating


def seal_mark(user: User, movie: Movie, kind: str, mark: Mark | None) -> str:
    """The same for one mark."""
    since = mark and mark.created_at.isoformat()
    return signing.dumps([user.pk, movie.pk, kind, since], salt=MARK_SALT, compress=True)


def undo_mark(user: User, sealed: str) -> tuple[Movie, str, bool]:
    """Restore the sealed mark. Returns the movie, the kind and whether it is set now.

    Raises:
        UndoError: the seal cannot be used.
    """
    try:
        owner, movie_id, kind, since = signing.loads(sealed, salt=MARK_SALT, max_age=MAX_AGE)
    except (signing.BadSignature, UnicodeError) as error:
        raise UndoError from error
    movie = Movie.objects.for_cards().filter(pk=movie_id).first()
    if owner != user.pk or movie is None:
        raise UndoError
    if since is None:
        Mark.objects.remove(user, movie, kind)
    else:
        Mark.objects.add(user, movie, kind, datetime.fromisoformat(since))
    return movie, kind, since is not None
