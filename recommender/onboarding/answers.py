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

MOST_GROUPS, MOST_SHOWN = 12, 3
# More would drown what ratings say; nobody has so many.
MOST_FAVOURITES = 30


class TooMany(ValueError):
    """More than is kept."""


def pick_groups(user: User, groups: Sequence[Sequence[int]]) -> None:
    """Keep these groups, each named by the movies that stand for it, in place of those before.

    Movies that do not exist are left out.

    Raises:
        TooMany: more groups, or more movies in one, than any page ever shows.
    """
    if len(groups) > MOST_GROUPS or any(len(shown) > MOST_SHOWN for shown in groups):
        raise TooMany(f"at most {MOST_GROUPS} groups of {MOST_SHOWN} movies")
    wanted = {movie_id for shown in groups for movie_id in shown}
    with transaction.atomic():
        there = set(Movie.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        before = StartingAnswer.objects.of(user).filter(kind=Kind.GROUP)
        before.exclude(movie__in=there).delete()
        _keep(user, there, Kind.GROUP)


def name_favourite(user: User, movie: Movie) -> None:
    """Keep the movie as a favourite, and as seen: no list will bring it.

    Raises:
        TooMany: there are as many as are kept.
    """
    with transaction.atomic():
        own = StartingAnswer.objects.of(user).filter(kind=Kind.FAVOURITE)
        if own.filter(movie=movie).exists():
            return
        if own.count() >= MOST_FAVOURITES:
            raise TooMany(f"at most {MOST_FAVOURITES} favourites")
        seen = Mark.objects.filter(user=user, movie=movie, kind=Mark.Kind.SEEN)
        _keep(user, [movie.pk], Kind.FAVOURITE, marked_seen=not seen.exists())
        Mark.objects.add(user, movie, Mark.Kind.SEEN)
        _forget(user, movie, Kind.UNSEEN)


def drop_favourite(user: User, movie: Movie) -> None:
    """Take the name back, and the mark that came with it."""
    with transaction.atomic():
        own = StartingAnswer.objects.of(user).filter(kind=Kind.FAVOURITE, movie=movie)
        if own.filter(marked_seen=True).exists():
            Mark.objects.remove(user, movie, Mark.Kind.SEEN)
        own.delete()


def not_seen(user: User, movie: Movie) -> None:
    """Do not ask about this movie again; lists may well bring it."""
    _keep(user, [movie.pk], Kind.UNSEEN)


def seen_after_all(user: User, movie: Movie) -> None:
    """Take `not_seen` back."""
    _forget(user, movie, Kind.UNSEEN)


def _keep(user: User, movie_ids: Iterable[int], kind: str, *, marked_seen: bool = False) -> None:
    StartingAnswer.objects.bulk_create(
        [
            StartingAnswer(user=user, movie_id=movie_id, kind=kind, marked_seen=marked_seen)
            for movie_id in sorted(movie_ids)
        ],
        ignore_conflicts=True,
    )


def _forget(user: User, movie: Movie, kind: str) -> None:
    StartingAnswer.objects.of(user).filter(movie=movie, kind=kind).delete()
