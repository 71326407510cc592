"""Adding, moving, sorting and removing the movies of a list.

Every change locks the list, so that two windows of its owner cannot corrupt its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.lists.lifecycle import ListDeleted, ListLimitReached
from movies.models import ListEntry, Movie, MovieList, Rating
from movies.stars import to_stars

if TYPE_CHECKING:
    from accounts.models import User

MAX_MOVIES = 500
# Added to the positions of entries while others take their places; no list is that long.
OFFSET_WHILE_MOVING = 1_000_000
SEAL_SALT = "movies.lists.arranging"
SEAL_LASTS = timedelta(days=1)


@contextmanager
def locked(movie_list: MovieList) -> Iterator[MovieList]:
    """The list as it is now, locked until the end of the block.

    Raises:
        ListDeleted: the list was deleted meanwhile.
    """
    with transaction.atomic():
        now = MovieList.objects.select_for_update().filter(pk=movie_list.pk).first()
        if now is None:
            raise ListDeleted
        yield now


def _touch(movie_list: MovieList) -> None:
    """Move the list to the front; only for real changes, not for requests sent twice."""
    MovieList.objects.filter(pk=movie_list.pk).update(updated_at=timezone.now())


def add(
    movie_list: MovieList, movie: Movie, note: str = "", place: int | None = None
) -> tuple[ListEntry, bool]:
    """Add a movie at the end or at `place`; returns its entry, and whether it is new.

    Raises:
        ListLimitReached: the list is full.
        ListDeleted: the list was deleted meanwhile.
    """
    with locked(movie_list):
        entry = movie_list.entries.filter(movie=movie).first()
        if entry is not None:
            return entry, False
        last = movie_list.entries.aggregate(last=Max("position"))["last"] or 0
        _check_room(movie_list)
        entry = ListEntry.objects.create(
            movie_list=movie_list, movie=movie, note=note, position=last + 1
        )
        if place is not None:
            _move(movie_list, entry.pk, lambda _index: place - 1)
        _touch(movie_list)
        return entry, True


def add_or_update(
    movie_list: MovieList, movie: Movie, note: str | None = None, place: int | None = None
) -> tuple[ListEntry, bool]:
    """As `add`; of a movie already on the list, change the note and place that are given.

    Raises:
        ListLimitReached, ListDeleted: as `add`.
    """
    with transaction.atomic():
        entry, is_new = add(movie_list, movie, note or "", place)
        if not is_new and note is not None:
            set_note(movie_list, entry.pk, note)
        if not is_new and place is not None:
            move(movie_list, entry.pk, lambda _index: place - 1)
        entry.refresh_from_db()
        return entry, is_new


def add_many(movie_list: MovieList, movie_ids: Iterable[int]) -> list[int]:
    """Add movies at the end, in this order. Returns the ids of those that are new.

    Raises:
        ListLimitReached: they do not all fit; none was added.
        ListDeleted: the list was deleted meanwhile.
    """
    with locked(movie_list):
        there = set(movie_list.entries.values_list("movie_id", flat=True))
        new = [pk for pk in dict.fromkeys(movie_ids) if pk not in there]
        if new:
            _check_room(movie_list, len(new))
            last = movie_list.entries.aggregate(last=Max("position"))["last"] or 0
            ListEntry.objects.bulk_create(
                ListEntry(movie_list=movie_list, movie_id=pk, position=place)
                for place, pk in enumerate(new, last + 1)
            )
            _touch(movie_list)
        return new


def remove_many(movie_list: MovieList, movie_ids: Sequence[int]) -> int:
    """Remove movies, at most as many as a list may have. Returns how many were on it."""
    with locked(movie_list):
        n, _by_model = movie_list.entries.filter(movie__in=movie_ids).delete()
        if n:
            _set_positions(movie_list, _current_order(movie_list))
            _touch(movie_list)
        return n


def _check_room(movie_list: MovieList, n: int = 1) -> None:
    if movie_list.entries.count() + n > MAX_MOVIES:
        text = (
            _("%(name)s is full: a list can have up to %(n)d movies.")
            if n == 1
            else _("These movies don’t all fit on %(name)s: a list can have up to %(n)d movies.")
        )
        raise ListLimitReached(text % {"name": movie_list.name, "n": MAX_MOVIES})


def remove(movie_list: MovieList, movie_id: int) -> ListEntry | None:
    """Remove a movie. Returns its entry, for undo; None if it was not on the list."""
    with locked(movie_list):
        entry = movie_list.entries.filter(movie=movie_id).first()
        if entry is not None:
            ListEntry.objects.filter(pk=entry.pk).delete()
            _set_positions(movie_list, _current_order(movie_list))
            _touch(movie_list)
        return entry


def move(movie_list: MovieList, entry_id: int, new_index: Callable[[int], int]) -> bool:
    """Move an entry to `new_index(index)`, clipped to the list; False if it is not there."""
    with locked(movie_list):
        return _move(movie_list, entry_id, new_index)


def set_note(movie_list: MovieList, entry_id: int, note: str) -> bool:
    with locked(movie_list):
        entry = movie_list.entries.filter(pk=entry_id)
        if entry.exclude(note=note).update(note=note):
            _touch(movie_list)
            return True
        return entry.exists()


def sort(movie_list: MovieList, by: str, predicted: Mapping[int, float] | None = None) -> None:
    """Sort the whole list once.

    predicted: the owner's predicted stars by movie id, for the sort by stars.

    Raises:
        KeyError: there is no such order.
    """
    order = SORTS[by][1]
    with locked(movie_list) as now:
        _set_positions(movie_list, order(now, predicted or {}))


def _move(movie_list: MovieList, entry_id: int, new_index: Callable[[int], int]) -> bool:
    order = _current_order(movie_list)
    if entry_id not in order:
        return False
    index = order.index(entry_id)
    order.pop(index)
    order.insert(min(max(0, new_index(index)), len(order)), entry_id)
    _set_positions(movie_list, order)
    return True


def _current_order(movie_list: MovieList) -> list[int]:
    return list(movie_list.entries.in_order().values_list("pk", flat=True))


def _set_positions(movie_list: MovieList, order: Sequence[int]) -> None:
    """Number the entries 1, 2, 3 ... in this order, writing only those that change.

    Positions are unique, even within a statement, so entries that move are first shifted away.
    """
    entries = movie_list.entries.in_bulk()
    moved = [entries[pk] for place, pk in enumerate(order, 1) if entries[pk].position != place]
    if not moved:
        return
    places = {pk: place for place, pk in enumerate(order, 1)}
    movie_list.entries.filter(pk__in=[entry.pk for entry in moved]).update(
        position=F("position") + OFFSET_WHILE_MOVING
    )
    for entry in moved:
        entry.position = places[entry.pk]
    ListEntry.objects.bulk_update(moved, ["position"])
    _touch(movie_list)


def _by_title(movie_list: MovieList, predicted: Mapping[int, float]) -> list[int]:
    return _ids(movie_list, "movie__title_key", "movie__sort_year")


def _by_year(movie_list: MovieList, predicted: Mapping[int, float]) -> list[int]:
    return _ids(movie_list, "movie__sort_year", "movie__title_key")


def _by_year_newest(movie_list: MovieList, predicted: Mapping[int, float]) -> list[int]:
    return _ids(movie_list, "-movie__sort_year", "movie__title_key")


def _ids(movie_list: MovieList, *fields: str) -> list[int]:
    return list(movie_list.entries.order_by(*fields, "pk").values_list("pk", flat=True))


def _by_stars(movie_list: MovieList, predicted: Mapping[int, float]) -> list[int]:
    """By the owner's own stars, else the predicted ones; movies without either come last."""
    entries = movie_list.entries.in_order().values_list("pk", "movie_id")
    own = Rating.objects.of(movie_list.owner).filter(movie__list_entries__movie_list=movie_list)
    given = own.values_list("movie_id", "half_stars")
    stars = {**predicted, **{movie_id: to_stars(half) for movie_id, half in given}}
    return [pk for pk, movie_id in sorted(entries, key=lambda one: -stars.get(one[1], 0.0))]


Sort = Callable[[MovieList, Mapping[int, float]], list[int]]
SORTS: dict[str, tuple[Any, Sort]] = {
    "title": (gettext_lazy("Title"), _by_title),
    "year": (gettext_lazy("Year, oldest first"), _by_year),
    "newest": (gettext_lazy("Year, newest first"), _by_year_newest),
    "stars": (gettext_lazy("Your rating or prediction"), _by_stars),
}


def seal(entry: ListEntry) -> str:
    """A signed text with which `restore` can put a removed entry back."""
    state = [entry.movie_list_id, entry.movie_id, entry.position, entry.note]
    return signing.dumps(state, salt=SEAL_SALT, compress=True)


def restore(user: User, sealed: str) -> ListEntry | None:
    """Put a removed entry back at its old place; None if that is no longer possible.

    Raises:
        ListLimitReached: the list is full by now.
    """
    try:
        list_id, movie_id, place, note = signing.loads(sealed, salt=SEAL_SALT, max_age=SEAL_LASTS)
    except (signing.BadSignature, UnicodeError):
        return None
    movie_list = MovieList.objects.of(user).filter(pk=list_id).first()
    movie = Movie.objects.for_cards().filter(pk=movie_id).first()
    if movie_list is None or movie is None:
        return None
    try:
        return add(movie_list, movie, note, place)[0]
    except ListDeleted:
        return None
