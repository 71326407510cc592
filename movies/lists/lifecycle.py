"""Making, changing, copying and deleting lists, within their bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from movies.models import ListEntry, MovieList
from movies.models.lists import LONGEST_NAME, new_key

if TYPE_CHECKING:
    from accounts.models import User

MOST_LISTS = 200
CHANGEABLE = frozenset({"name", "description", "is_numbered", "visibility"})


class Refused(Exception):
    """Somebody asked for what is not possible; the text is for them to read."""


class ListGone(Exception):
    """The list was deleted since it was looked at."""


def create(owner: User, name: str, **fields: Any) -> MovieList:
    """A new list without movies.

    Raises:
        Refused: the owner has as many lists as one may have.
    """
    with transaction.atomic():
        # Whoever makes two at once makes them one after the other.
        get_user_model().objects.select_for_update().get(pk=owner.pk)
        if MovieList.objects.of(owner).count() >= MOST_LISTS:
            text = _("You have %(n)d lists. Delete one to make another.")
            raise Refused(text % {"n": MOST_LISTS})
        return MovieList.objects.create(owner=owner, name=name, **fields)


def change(movie_list: MovieList, **fields: Any) -> None:
    """Change what the owner may say of a list; nothing for nothing.

    Raises:
        ListGone: see there.
        ValueError: something else is named.
    """
    if others := fields.keys() - CHANGEABLE:
        raise ValueError(f"not to be changed: {', '.join(sorted(others))}")
    if fields:
        _update(movie_list, **fields)


def renew_key(movie_list: MovieList) -> None:
    """Another link: the one that people know leads nowhere from now on."""
    _update(movie_list, key=new_key())


def delete(movie_list: MovieList) -> None:
    with transaction.atomic():
        # An entry that comes in meanwhile waits for the list, and finds none.
        MovieList.objects.select_for_update().filter(pk=movie_list.pk).first()
        MovieList.objects.filter(pk=movie_list.pk).delete()


def copy(movie_list: MovieList, owner: User) -> MovieList:
    """A private list of `owner` with the same movies in the same order.

    What others wrote about their movies stays theirs.

    Raises:
        Refused: see `create`.
    """
    is_own = movie_list.owner_id == owner.pk
    name = _("Copy of %(name)s") % {"name": movie_list.name}
    with transaction.atomic():
        made = create(owner, name[:LONGEST_NAME], is_numbered=movie_list.is_numbered)
        ListEntry.objects.bulk_create(
            ListEntry(
                movie_list=made,
                movie_id=entry.movie_id,
                position=place,
                note=entry.note if is_own else "",
            )
            for place, entry in enumerate(movie_list.entries.in_order(), start=1)
        )
    return made


def _update(movie_list: MovieList, **fields: Any) -> None:
    fields["updated_at"] = timezone.now()
    if not MovieList.objects.filter(pk=movie_list.pk).update(**fields):
        raise ListGone
    for name, value in fields.items():
        setattr(movie_list, name, value)
