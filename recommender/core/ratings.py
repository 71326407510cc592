"""Ratings as parallel arrays, with the vocabularies between database ids and array rows.

A rating is one user's number of stars for one item. Everything in the core counts in rows
("index"); ids exist only at the border, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

LOWEST_STARS = 0.5
HIGHEST_STARS = 5.0

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

# A lookup table costs four bytes for every id up to the largest. Beyond this many entries per
# distinct rating the ids are snowflakes or hashes, and a binary search is the cheaper way.
_TABLE_ENTRIES_PER_ID = 16
_TABLE_ENTRIES_ALWAYS = 1 << 20


@dataclass(frozen=True)
class Ratings:
    """n ratings of n_items items by n_users users; at most one for each pair.

    The vocabularies may hold items nobody rated (a catalogue) and, after `take`, users without a
    rating; every function of the core copes with both.

    >>> few = Ratings.from_triples(user_ids=[7, 7, 9], item_ids=[20, 10, 20], stars=[4.5, 3, 1])
    >>> few.item_ids, few.item_index
    (array([10, 20]), array([1, 0, 1], dtype=int32))
    >>> len(few.take(few.user_index == 0)), few.n_users, few.n_items
    (2, 2, 2)
    """

    user_ids: Int64  # (n_users,) sorted, unique
    item_ids: Int64  # (n_items,) sorted, unique
    user_index: Int32  # (n,) rows of user_ids
    item_index: Int32  # (n,) rows of item_ids
    stars: Float32  # (n,) 0.5 .. 5
    times: Float64 | None = None  # (n,) seconds since the epoch
    n_dropped: int = 0  # input rows refused: stars not finite or outside 0.5 .. 5
    # (n,) how much each counts for its item's factors, over 0 .. 1; None where all are alike
    weights: Float32 | None = None

    @property
    def n_users(self) -> int:
        return int(self.user_ids.size)

    @property
    def n_items(self) -> int:
        return int(self.item_ids.size)

    def __len__(self) -> int:
        return int(self.stars.size)

    @classmethod
    def from_triples(
        cls,
        user_ids: npt.ArrayLike,
        item_ids: npt.ArrayLike,
        stars: npt.ArrayLike,
        times: npt.ArrayLike | None = None,
        *,
        catalogue: npt.ArrayLike | None = None,
    ) -> Ratings:
        """Ratings from parallel columns of any integer ids; the last of a repeated pair wins.

        Rows whose stars are not finite or outside 0.5 .. 5 are left out and counted in
        `n_dropped`. Ids in `catalogue` are in the vocabulary even without a rating.

        Raises ValueError when the columns differ in length or ids are not whole numbers.
        """
        users, items = _ids(user_ids), _ids(item_ids)
        values = np.asarray(stars, np.float64).ravel()
        seconds = None if times is None else np.asarray(times, np.float64).ravel()
        columns = [users, items, values] + ([] if seconds is None else [seconds])
        if len({column.size for column in columns}) > 1:
            raise ValueError("user ids, item ids, stars and times must have the same length")
        keep = (values >= LOWEST_STARS) & (values <= HIGHEST_STARS)  # NaN compares false
        n_dropped = int(keep.size - np.count_nonzero(keep))
        if n_dropped:
            users, items, values = users[keep], items[keep], values[keep]
            seconds = None if seconds is None else seconds[keep]
        user_vocabulary, user_index = index_ids(users)
        item_vocabulary, item_index = index_ids(
            items, None if catalogue is None else _ids(catalogue)
        )
        ratings = cls(
            user_vocabulary,
            item_vocabulary,
            user_index,
            item_index,
            values.astype(np.float32),
            seconds,
            n_dropped,
        )
        return ratings._last_of_each_pair()

    def take(self, rows: npt.NDArray[Any] | slice) -> Ratings:
        """The ratings at `rows` (index, mask or slice) under the same vocabularies."""
        return Ratings(
            self.user_ids,
            self.item_ids,
            self.user_index[rows],
            self.item_index[rows],
            self.stars[rows],
            None if self.times is None else self.times[rows],
            self.n_dropped,
            None if self.weights is None else self.weights[rows],
        )

    def check(self) -> None:
        """Raise ValueError for anything a fit must never see; costs one pass."""
        sizes = {self.user_index.size, self.item_index.size, self.stars.size}
        sizes |= set() if self.weights is None else {self.weights.size}
        if len(sizes) > 1:
            raise ValueError("the columns of the ratings differ in length")
        if not len(self):
            raise ValueError("there are no ratings to learn from")
        if not bool(np.all((self.stars >= LOWEST_STARS) & (self.stars <= HIGHEST_STARS))):
            raise ValueError("stars must be finite and between 0.5 and 5")
        weights = self.weights
        if weights is not None and not bool(np.all((weights > 0) & (weights <= 1))):
            raise ValueError("weights must be over 0 and at most 1")
        for index, size in ((self.user_index, self.n_users), (self.item_index, self.n_items)):
            if int(index.min()) < 0 or int(index.max()) >= size:
                raise ValueError("an index points outside its vocabulary")

    def _last_of_each_pair(self) -> Ratings:
        pairs = self.user_index.astype(np.int64) * max(self.n_items, 1) + self.item_index
        in_order = np.sort(pairs)
        if not bool(np.any(in_order[1:] == in_order[:-1])):
            return self
        order = np.argsort(pairs, kind="stable")
        sorted_pairs = pairs[order]
        is_last = np.append(sorted_pairs[1:] != sorted_pairs[:-1], True)
        return self.take(np.sort(order[is_last]))


def find_rows(vocabulary: Int64, ids: npt.ArrayLike) -> Int64:
    """Row of each id in a sorted vocabulary, -1 where it is not there."""
    wanted = _ids(ids)
    if not vocabulary.size:
        return np.full(wanted.size, -1, np.int64)
    rows = np.minimum(np.searchsorted(vocabulary, wanted), vocabulary.size - 1)
    return np.where(vocabulary[rows] == wanted, rows, -1).astype(np.int64)


def _ids(values: npt.ArrayLike) -> Int64:
    array = np.asarray(values).ravel()
    if array.dtype.kind not in "iu" and array.size:
        whole = array.astype(np.int64)
        if array.dtype.kind not in "fb" or not np.array_equal(whole, array):
            raise ValueError("ids must be whole numbers")
    return array.astype(np.int64, copy=False)


def index_ids(ids: npt.NDArray[np.integer[Any]], extra: Int64 | None = None) -> tuple[Int64, Int32]:
    """Sorted vocabulary of ids and extra, and the row of each id in it.

    A lookup table is linear in the ids, where np.unique(return_inverse=True) sorts them:
    0.5 s against 13 s for 25 million.
    """
    extra = np.empty(0, np.int64) if extra is None else extra
    present: list[npt.NDArray[Any]] = [part for part in (ids, extra) if part.size]
    if not present:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    largest = max(int(part.max()) for part in present)
    affordable = max(_TABLE_ENTRIES_ALWAYS, _TABLE_ENTRIES_PER_ID * ids.size)
    if largest >= affordable or min(int(part.min()) for part in present) < 0:
        vocabulary = np.unique(np.concatenate(present))
        return vocabulary, np.searchsorted(vocabulary, ids).astype(np.int32)
    seen = np.zeros(largest + 1, np.bool_)
    for part in present:
        seen[part] = True
    vocabulary = np.flatnonzero(seen).astype(np.int64)
    table = np.empty(largest + 1, np.int32)
    table[vocabulary] = np.arange(vocabulary.size, dtype=np.int32)
    return vocabulary, table[ids]
