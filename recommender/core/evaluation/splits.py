"""Ways to hold ratings out. Each returns row numbers (train, test) of a `Ratings`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.core.ratings import Float64, Int64, Ratings

Split = tuple[Int64, Int64]

_ROWS_AT_ONCE = 1_000_000

PERMUTATION_SEED = 42  # of the figures this project quotes


def folds(ratings: Ratings, n_folds: int = 5, seed: int = PERMUTATION_SEED) -> list[Split]:
    """Random folds of equal size: the customary protocol, too rosy for a site.

    What a user rates next differs from what they rated so far; random folds hide that (.05 of
    RMSE on ml-100k). Quote `temporal` beside it.
    """
    shuffled = np.random.default_rng(seed).permutation(len(ratings))
    tests = np.array_split(shuffled, n_folds)
    return [
        (np.concatenate([part for k, part in enumerate(tests) if k != number]), test)
        for number, test in enumerate(tests)
    ]


def fifths_in_order(ratings: Ratings) -> list[Split]:
    """Five parts in the order the ratings are in: u1 to u5 of MovieLens 100K's `u.data`."""
    rows = np.arange(len(ratings))
    return [(np.setdiff1d(rows, test), test) for test in np.array_split(rows, 5)]


def temporal(ratings: Ratings, share: float = 0.2, seed: int = PERMUTATION_SEED) -> Split:
    """The last `share` of each user's ratings (rounded down) by time; ties in random order."""
    order, place, counts = _by_person_and_time(ratings, _random(ratings, seed))
    is_test = place >= temporal_counts(counts, share)
    return np.sort(order[~is_test]), np.sort(order[is_test])


def temporal_of_users(ratings: Ratings, share: float = 0.2) -> Split:
    """As `temporal`, with ties in an order that depends on user and item alone.

    So what is held out of some users' ratings is the same wherever the others are. Ratings that
    are grouped by user are sorted some users at a time.
    """
    is_test = np.zeros(len(ratings), np.bool_)
    for rows in _some_users_each(ratings):
        own = ratings.take(rows)
        pairs = own.user_ids[own.user_index].astype(np.uint64) << np.uint64(32)
        pairs ^= own.item_ids[own.item_index].astype(np.uint64)
        order, place, counts = _by_person_and_time(own, _mixed(pairs))
        is_test[rows.start + order[place >= temporal_counts(counts, share)]] = True
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)


def _some_users_each(ratings: Ratings) -> Iterator[slice]:
    """Rows, about a million at a time, with all ratings of their users."""
    users, start = ratings.user_index, 0
    if not bool(np.all(users[1:] >= users[:-1])):
        yield slice(0, users.size)
        return
    while start < users.size:
        last = users[min(start + _ROWS_AT_ONCE, users.size) - 1]
        end = int(np.searchsorted(users, last, side="right"))
        yield slice(start, end)
        start = end


def temporal_counts(counts: Int64, share: float) -> Int64:
    """How many of so many ratings of a user `temporal` leaves to learn from."""
    return np.asarray(counts - np.floor(counts * share), np.int64)


def last_one(ratings: Ratings, seed: int = PERMUTATION_SEED) -> Split:
    """The last rating of each user who has at least two."""
    order, place, counts = _by_person_and_time(ratings, _random(ratings, seed))
    is_test = (place == counts - 1) & (counts > 1)
    return np.sort(order[~is_test]), np.sort(order[is_test])


def global_time(ratings: Ratings, share: float = 0.2, seed: int = PERMUTATION_SEED) -> Split:
    """The last `share` of all ratings by time: mostly users the training part never saw."""
    ties = np.random.default_rng(seed).random(len(ratings))
    order = np.lexsort((ties, _times(ratings)))
    cut = len(ratings) - int(len(ratings) * share)
    return np.sort(order[:cut]), np.sort(order[cut:])


def in_time_order(ratings: Ratings, seed: int = PERMUTATION_SEED) -> list[Int64]:
    """For each user the rows of their ratings, first to last."""
    order, place, _ = _by_person_and_time(ratings, _random(ratings, seed))
    people = np.flatnonzero(place == 0)
    parts = np.split(order, people[1:])
    rows: list[Int64] = [np.empty(0, np.int64)] * ratings.n_users
    for part in parts:
        if part.size:
            rows[int(ratings.user_index[part[0]])] = part
    return rows


def _random(ratings: Ratings, seed: int) -> Float64:
    return np.random.default_rng(seed).random(len(ratings))


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finalizer of splitmix64 (Steele, Lea & Flood 2014): neighbours end far apart."""
    mixed = numbers.copy()
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _by_person_and_time(ratings: Ratings, ties: npt.NDArray[Any]) -> tuple[Int64, Int64, Int64]:
    """Rows sorted by user, time and ties; the place of each among its user's, and their number."""
    order = np.lexsort((ties, _times(ratings), ratings.user_index))
    people = ratings.user_index[order]
    counts = np.bincount(people, minlength=ratings.n_users)
    starts = np.cumsum(counts) - counts
    return order, np.arange(people.size) - starts[people], counts[people]


def _times(ratings: Ratings) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if ratings.times is None:
        raise ValueError("a split by time needs the times of the ratings")
    return ratings.times


@dataclass(frozen=True)
class Protocol:
    """A way to test that has a name."""

    name: str
    split: Callable[[Ratings], list[Split]]
    in_order: bool  # is the first thing a user rated the first to be known?


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol("temporal", lambda ratings: [temporal(ratings)], in_order=True),
        Protocol("lastone", lambda ratings: [last_one(ratings)], in_order=True),
        Protocol("5fold", folds, in_order=False),
        Protocol("u1-u5", fifths_in_order, in_order=False),
    )
}


def has_times(ratings: Ratings) -> bool:
    """Whether an order in time can be told at all."""
    return ratings.times is not None and bool(np.ptp(ratings.times) > 0) if len(ratings) else False
