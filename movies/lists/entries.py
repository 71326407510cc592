"""The movies of a list and their order: what is added, moved, sorted and taken off.

Whoever changes a list holds it meanwhile, so that two windows of its owner do not tear its order.
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

from movies.lists.lifecycle import ListGone, Refused
from movies.models import ListEntry, Movie, MovieList, Rating
from movies.stars import to_stars

if TYPE_CHECKING:
    from accounts.models import User

MOST_MOVIES = 500
# No place of a list is as high; entries step aside there while others take their places.
ASIDE = 1_000_000
SEAL_SALT = "movies.lists.arranging"
SEAL_LASTS = timedelta(days=1)


@contextmanager
def held(movie_list: MovieList) -> Iterator[MovieList]:
    """The list as it is now, nobody else's to change until the end of the block.

    Raises:
        ListGone: see there.
    """
    with transaction.atomic():
        now = MovieList.objects.select_for_update().filter(pk=movie_list.pk).first()
        if now is None:
            raise ListGone
        yield now


def _say_changed(movie_list: MovieList) -> None:
    """Only for what changed: what is sent twice must not bring a list to the front again."""
    MovieList.objects.filter(pk=movie_list.pk).update(updated_at=timezone.now())


def add(
    movie_list: MovieList, movie: Movie, note: str = "", place: int | None = None
) -> tuple[ListEntry, bool]:
    """The movie's entry, and whether it is new: at the end or at `place`; there is one at most.

    Raises:
        Refused: the list is full.
        ListGone: see there.
    """
    with held(movie_list):
        entry = movie_list.entries.filter(movie=movie).first()
        if entry is not None:
            return entry, False
        last = movie_list.entries.aggregate(last=Max("position"))["last"] or 0
        _make_room(movie_list)
        entry = ListEntry.objects.create(
            movie_list=movie_list, movie=movie, note=note, position=last + 1
        )
        if place is not None:
            _move(movie_list, entry.pk, lambda at: place - 1)
        _say_changed(movie_list)
        return entry, True


def put(
    movie_list: MovieList, movie: Movie, note: str | None = None, place: int | None = None
) -> tuple[ListEntry, bool]:
    """As `add`; for a movie that is on the list, what is given of its note and place is changed.

    Raises:
        Refused, ListGone: see `add`.
    """
    with transaction.atomic():
        entry, is_new = add(movie_list, movie, note or "", place)
        if not is_new and note is not None:
            write_note(movie_list, entry.pk, note)
        if not is_new and place is not None:
            move(movie_list, entry.pk, lambda at: place - 1)
        entry.refresh_from_db()
        return entry, is_new


def add_all(movie_list: MovieList, movie_ids: Iterable[int]) -> list[int]:
    """Put all these movies at the end, in this order. Returns those that were not on it before.

    Raises:
        Refused: they do not all fit; none was put on it.
        ListGone: see there.
    """
    with held(movie_list):
        there = set(movie_list.entries.values_list("movie_id", flat=True))
        new = [pk for pk in dict.fromkeys(movie_ids) if pk not in there]
        if new:
            _make_room(movie_list, len(new))
            last = movie_list.entries.aggregate(last=Max("position"))["last"] or 0
            ListEntry.objects.bulk_create(
                ListEntry(movie_list=movie_list, movie_id=pk, position=place)
                for place, pk in enumerate(new, last + 1)
            )
            _say_changed(movie_list)
        return new


def remove_all(movie_list: MovieList, movie_ids: Sequence[int]) -> int:
    """Take these movies off; returns how many were there. At most as many as a list holds."""
    with held(movie_list):
        n, _by_model = movie_list.entries.filter(movie__in=movie_ids).delete()
        if n:
            _arrange(movie_list, _order(movie_list))
            _say_changed(movie_list)
        return n


def _make_room(movie_list: MovieList, n: int = 1) -> None:
    if movie_list.entries.count() + n > MOST_MOVIES:
        text = (
            _("%(name)s has %(n)d movies, as many as a list may have.")
            if n == 1
            else _("So many do not fit on %(name)s: a list may have %(n)d movies.")
        )
        raise Refused(text % {"name": movie_list.name, "n": MOST_MOVIES})


def remove(movie_list: MovieList, movie_id: int) -> ListEntry | None:
    """Take the movie off. Returns what was there, for undo; None if nothing was."""
    with held(movie_list):
        entry = movie_list.entries.filter(movie=movie_id).first()
        if entry is not None:
            ListEntry.objects.filter(pk=entry.pk).delete()
            _arrange(movie_list, _order(movie_list))
            _say_changed(movie_list)
        return entry


def move(movie_list: MovieList, entry_id: int, place: Callable[[int], int]) -> bool:
    """Put an entry where `place` says, of where it is now (from 0); False if it is not there.

    What is beyond either end counts as that end.
    """
    with held(movie_list):
        return _move(movie_list, entry_id, place)


def write_note(movie_list: MovieList, entry_id: int, note: str) -> bool:
    with held(movie_list):
        entry = movie_list.entries.filter(pk=entry_id)
        if entry.exclude(note=note).update(note=note):
            _say_changed(movie_list)
            return True
        return entry.exists()


def sort(movie_list: MovieList, by: str, predicted: Mapping[int, float] | None = None) -> None:
    """Sort the whole list once.

    predicted: the owner's predicted stars by movie id, for the sort by stars.

    Raises:
        KeyError: there is no such order.
    """
    order = SORTS[by][1]
    with held(movie_list) as now:
        _arrange(movie_list, order(now, predicted or {}))


def _move(movie_list: MovieList, entry_id: int, place: Callable[[int], int]) -> bool:
    order = _order(movie_list)
    if entry_id not in order:
        return False
    at = order.index(entry_id)
    order.pop(at)
    order.insert(min(max(0, place(at)), len(order)), entry_id)
    _arrange(movie_list, order)
    return True


def _order(movie_list: MovieList) -> list[int]:
    return list(movie_list.entries.in_order().values_list("pk", flat=True))


def _arrange(movie_list: MovieList, order: Sequence[int]) -> None:
    """Give the entries the places 1, 2, 3 ... in this order, and write only those that change.

    The database lets no two have one place, not even for the length of a statement: those that
    move step aside first.
    """
    entries = movie_list.entries.in_bulk()
    moved = [entries[pk] for place, pk in enumerate(order, 1) if entries[pk].position != place]
    if not moved:
        return
    places = {pk: place for place, pk in enumerate(order, 1)}
    aside = movie_list.entries.filter(pk__in=[entry.pk for entry in moved])
    aside.update(position=F("position") + ASIDE)
    for entry in moved:
        entry.position = places[entry.pk]
    ListEntry.objects.bulk_update(moved, ["position"])
    _say_changed(movie_list)


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
    "stars": (gettext_lazy("My stars, given or predicted"), _by_stars),
}


def seal(entry: ListEntry) -> str:
    """A text of URL-safe characters that puts this entry back: see `put_back`."""
    state = [entry.movie_list_id, entry.movie_id, entry.position, entry.note]
    return signing.dumps(state, salt=SEAL_SALT, compress=True)


def put_back(user: User, sealed: str) -> ListEntry | None:
    """What was taken off a list of this user, at its old place; None if that is not possible.

    Raises:
        Refused: the list has been filled since.
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
    except ListGone:
        return None
