"""What somebody was or is expected to give, worked out by an app that knows people.

As with the orders (`movies/orders.py`) this app does not know the recommender: whoever can
foresee ratings puts it in here, and one's own pages ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Foresight:
    """Both in stars by movie id; None for whom nothing can be said yet."""

    # What this person will probably give these movies.
    predicted: Callable[[User, Sequence[int]], Mapping[int, float] | None]
    # What was to be expected of the ratings this person has given, before each was given.
    expected: Callable[[User], Mapping[int, float] | None]


_foresight = Foresight(lambda user, ids: None, lambda user: None)


def offer(foresight: Foresight) -> None:
    global _foresight
    _foresight = foresight


def predicted(user: User, movie_ids: Sequence[int]) -> Mapping[int, float] | None:
    return _foresight.predicted(user, movie_ids)


def expected(user: User) -> Mapping[int, float] | None:
    return _foresight.expected(user)
