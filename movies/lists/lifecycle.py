"""Creating, changing, copying and deleting lists."""

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

MAX_LISTS = 200
CHANGEABLE = frozenset({"name", "description", "is_numbered", "visibility"})


class ListLimitReached(Exception):
    """The user has too many lists, or a list too many movies; the text is for the user."""


class ListDeleted(Exception):
    """The list was deleted meanwhile."""


def create(owner: User, name: str, **fields: Any) -> MovieList:
    """A new list without movies.

    Raises:
        ListLimitReached: the owner has the maximum number of lists.
    """
    with transaction.atomic():
        # Concurrent requests of one user wait here, so that the limit holds.
        get_user_model().objects.select_for_update().get(pk=owner.pk)
        if MovieList.objects.of(owner).count() >= MAX_LISTS:
            text = _("You already have %(n)d lists. Delete one to make room for another.")
            raise ListLimitReached(text % {"n": MAX_LISTS})
        return MovieList.objects.create(owner=owner, name=name, **fields)


def change(movie_list: MovieList, **fields: Any) -> None:
    """Change some of the `CHANGEABLE` fields.

    Raises:
        ListDeleted: the list was deleted meanwhile.
        ValueError: another field is named.
    """
    if others := fields.keys() - CHANGEABLE:
        raise ValueError(f"not to be changed: {', '.join(sorted(others))}")
    if fields:
        _update(movie_list, **fields)


def renew_key(movie_list: MovieList) -> None:
    """Make a new link; the old one stops working."""
    _update(movie_list, key=new_key())


def delete(movie_list: MovieList) -> None:
    with transaction.atomic():
        # A movie that is added at this moment waits for the lock, and then finds no list.
        MovieList.objects.select_for_update().filter(pk=movie_list.pk).first()
        MovieList.objects.filter(pk=movie_list.pk).delete()


def copy(movie_list: MovieList, owner: User) -> MovieList:
    """A private copy for `owner`: the same movies in the same order, but no notes of others.

    Raises:
        ListLimitReached: as `create`.
    """
    is_own = movie_list.owner_id == owner.pk
    with transaction.atomic():
        made = create(
            owner,
            copied_name(movie_list.name),
            is_numbered=movie_list.is_numbered,
            copied_from=None if is_own else movie_list.owner,
        )
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


def copied_name(name: str) -> str:
    """The name of a copy, in the reader's language."""
    return (_("Copy of %(name)s") % {"name": name})[:LONGEST_NAME]


def _update(movie_list: MovieList, **fields: Any) -> None:
    fields["updated_at"] = timezone.now()
    if not MovieList.objects.filter(pk=movie_list.pk).update(**fields):
        raise ListDeleted
    for name, value in fields.items():
        setattr(movie_list, name, value)
