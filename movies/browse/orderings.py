"""Orders of the catalogue that are each person's own, worked out by an app that knows people.

This app does not know the recommender: an order is put in here by whoever can work it out
(`recommender.apps`), and browsing and the API offer what they find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from django.utils.functional import Promise

from movies.models import Movie, MovieQuerySet

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Ranking:
    """All movies that an order shows somebody, and what it knows of them."""

    movie_ids: Sequence[int]  # best first
    predicted: Callable[[Sequence[int]], Mapping[int, float]]  # stars of some of them, by id


@dataclass(frozen=True)
class PersonalOrder:
    """One order: `rank` gives None for a person of whom too little is known."""

    label: str | Promise
    rank: Callable[[User, MovieQuerySet], Ranking | None]


_orders: dict[str, PersonalOrder] = {}


def offer(key: str, order: PersonalOrder) -> None:
    """Let everybody who is logged in ask for this order by its key."""
    _orders[key] = order


def personal_orders() -> Mapping[str, PersonalOrder]:
    """What is on offer, by key."""
    return _orders


class MoviesInOrder(Sequence[Movie]):
    """The movies of a ranking, of which only those that are looked at are read.

    Each carries `predicted`, its stars or None.
    """

    def __init__(self, ranking: Ranking, find: Callable[[Sequence[int]], Iterable[Movie]]) -> None:
        self._ranking, self._find = ranking, find

    def __len__(self) -> int:
        return len(self._ranking.movie_ids)

    @overload
    def __getitem__(self, index: int) -> Movie: ...
    @overload
    def __getitem__(self, index: slice) -> list[Movie]: ...

    def __getitem__(self, index: int | slice) -> Movie | list[Movie]:
        if isinstance(index, int):
            return self[index : index + 1 or None][0]
        ids = list(self._ranking.movie_ids[index])
        stars = self._ranking.predicted(ids)
        movies = list(self._find(ids))
        for movie in movies:
            movie.predicted = stars.get(movie.pk)
        return movies
