"""Save and remove the answers given during onboarding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from movies.models import Mark, Movie
from recommender.models import StartingAnswer

if TYPE_CHECKING:
    from accounts.models import User

Kind = StartingAnswer.Kind

MAX_GROUPS, MAX_MOVIES_PER_GROUP = 12, 3
# More would outweigh the ratings.
MAX_FAVOURITES = 30


class TooManyAnswers(ValueError):
    """More answers than are saved."""


def pick_groups(user: User, groups: Sequence[Sequence[int]]) -> None:
    """Replace the picked groups. A group is saved as the movies that were shown for it.

    Movies that do not exist are left out.

    Raises:
        TooManyAnswers: more groups, or more movies in one, than any page shows.
    """
    if len(groups) > MAX_GROUPS or any(len(shown) > MAX_MOVIES_PER_GROUP for shown in groups):
        raise TooManyAnswers(f"at most {MAX_GROUPS} groups of {MAX_MOVIES_PER_GROUP} movies")
    wanted = {movie_id for shown in groups for movie_id in shown}
    with transaction.atomic():
        existing = set(Movie.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        before = StartingAnswer.objects.of(user).filter(kind=Kind.GROUP)
        before.exclude(movie__in=existing).delete()
        _save(user, existing, Kind.GROUP)


def add_favourite(user: User, movie: Movie) -> None:
    """Save the movie as a favourite and mark it as watched, so that no list shows it.

    Raises:
        TooManyAnswers: the user has `MAX_FAVOURITES` already.
    """
    with transaction.atomic():
        own = StartingAnswer.objects.of(user).filter(kind=Kind.FAVOURITE)
        if own.filter(movie=movie).exists():
            return
        if own.count() >= MAX_FAVOURITES:
            raise TooManyAnswers(f"at most {MAX_FAVOURITES} favourites")
        seen = Mark.objects.filter(user=user, movie=movie, kind=Mark.Kind.SEEN)
        _save(user, [movie.pk], Kind.FAVOURITE, marked_seen=not seen.exists())
        Mark.objects.add(user, movie, Mark.Kind.SEEN)
        _delete(user, movie, Kind.UNSEEN)


def remove_favourite(user: User, movie: Movie) -> None:
    """Undo `add_favourite`, the mark included, unless the user had set the mark before."""
    with transaction.atomic():
        own = StartingAnswer.objects.of(user).filter(kind=Kind.FAVOURITE, movie=movie)
        if own.filter(marked_seen=True).exists():
            Mark.objects.remove(user, movie, Mark.Kind.SEEN)
        own.delete()


def mark_unseen(user: User, movie: Movie) -> None:
    """Do not ask about this movie again. Lists may still show it."""
    _save(user, [movie.pk], Kind.UNSEEN)


def unmark_unseen(user: User, movie: Movie) -> None:
    """Undo `mark_unseen`."""
    _delete(user, movie, Kind.UNSEEN)


def _save(user: User, movie_ids: Iterable[int], kind: str, *, marked_seen: bool = False) -> None:
    StartingAnswer.objects.bulk_create(
        [
            StartingAnswer(user=user, movie_id=movie_id, kind=kind, marked_seen=marked_seen)
            for movie_id in sorted(movie_ids)
        ],
        ignore_conflicts=True,
    )


def _delete(user: User, movie: Movie, kind: str) -> None:
    StartingAnswer.objects.of(user).filter(movie=movie, kind=kind).delete()
