"""The cut of a fit into parts and blocks, so that work side by side never shares a row.

The users are cut into parts with about equally many ratings, the items at random into as many
blocks. Stratum s of an epoch holds the pairs (part t, block (t + s) mod n): no two share a user or
an item, so they may be learned at the same time and the result does not depend on who is first
(Gemulla et al., KDD 2011). A pair is learned in cells, some users of the part x some items of the
block, whose rows fit the processor's cache. All of this depends on the data alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.fitting.engines import Engine, Handle
from recommender.core.fitting.engines.engine import Task
from recommender.core.ratings import Int32, Int64

# Small data are done before threads have started; memory bounds what a part may hold.
PARTS_FROM = ((250_000, 4), (2_000_000, 8))  # (ratings, parts)
RATINGS_A_PART = 16_000_000
MOST_PARTS = 256
# What a second-level cache holds beside the ratings that stream through it.
CACHE_BYTES = 900_000
MOST_CELLS = 32  # along each side of a pair


def n_parts(n_ratings: int) -> int:
    """Parts of the users, and blocks of the items.

    >>> [n_parts(n) for n in (100_000, 1_000_000, 25_000_000, 200_000_000, 10**9)]
    [1, 4, 8, 16, 64]
    """
    fewest = max((n for least, n in PARTS_FROM if n_ratings >= least), default=1)
    wanted = -(-n_ratings // RATINGS_A_PART)
    return max(fewest, min(1 << (wanted - 1).bit_length(), MOST_PARTS))


def user_bounds(counts: Int64, n: int) -> Int64:
    """(n + 1,) where the users of each part begin; counts: (n_users,) ratings of each user."""
    ends = np.cumsum(counts)
    cuts = np.searchsorted(ends, np.linspace(0, ends[-1], n + 1)[1:-1])
    return np.concatenate([[0], cuts, [counts.size]]).astype(np.int64)


def n_cells(n_users: int, width: int) -> int:
    """Cells along each side of a pair with so many users, whose rows are `width` floats."""
    return int(np.clip(-(-n_users * width * 4 // CACHE_BYTES), 1, MOST_CELLS))


@dataclass(frozen=True)
class Cut:
    """Which users, items and cells belong together.

    While it is fitted an item's row is its place in the order of blocks and of cells inside them,
    so that each of them is a slice.
    """

    user_bounds: Int64  # (n + 1,) parts
    n_cells: int  # along each side of a pair
    item_order: Int64  # (n_items,) the index of the item in each row
    item_cells: Int64  # (n x n_cells + 1,) where each cell of items begins

    @classmethod
    def make(cls, user_bounds: Int64, n_cells: int, places: Int64) -> Cut:
        """places: (n_items,) a random permutation, which deals items to blocks and cells."""
        n = user_bounds.size - 1
        cell = places % n * n_cells + places // n % n_cells
        counts = np.bincount(cell, minlength=n * n_cells)
        bounds = np.concatenate([[0], np.cumsum(counts)])
        return cls(user_bounds, n_cells, np.argsort(cell, kind="stable"), bounds)

    @property
    def n(self) -> int:
        """Parts, and blocks."""
        return self.user_bounds.size - 1

    @property
    def item_bounds(self) -> Int64:
        """(n + 1,) where each block of items begins."""
        return self.item_cells[:: self.n_cells]

    @property
    def item_rows(self) -> Int32:
        """(n_items,) the row of each item."""
        rows = np.empty(self.item_order.size, np.int32)
        rows[self.item_order] = np.arange(rows.size, dtype=np.int32)
        return rows

    def blocks(self) -> list[slice]:
        """The rows of each block of items."""
        return _slices(self.item_bounds)

    def cells(self, block: int) -> list[slice]:
        """The rows of each cell of a block."""
        first = block * self.n_cells
        return _slices(self.item_cells[first : first + self.n_cells + 1])

    def parts(self) -> list[slice]:
        """The users of each part."""
        return _slices(self.user_bounds)


def _slices(bounds: Int64) -> list[slice]:
    return [slice(*pair) for pair in itertools.pairwise(bounds.tolist())]


def cycle(n: int, rng: np.random.Generator) -> list[int]:
    """Strata 0 .. n - 1 from a random one on, up or down.

    In a cycle a block of items visits neighbours, parts on the same machine, one after another.
    """
    if n == 1:
        return [0]
    start, step = int(rng.integers(n)), int(rng.choice((-1, 1)))
    return [(start + step * k) % n for k in range(n)]


def run_strata(
    engine: Engine,
    task: Task,
    strata: Sequence[int],
    users: list[Handle],
    items: list[Handle],
    of_parts: Sequence[Sequence[Any]],
    of_blocks: Sequence[Sequence[Any]],
) -> tuple[list[Handle], list[Handle]]:
    """Every part with every block of items once; returns the states of both after it.

    task(workers, block, users, items, *of_parts, *of_blocks) returns the states (users, items)
    after one pair.
    """
    n, items = len(users), list(items)
    for stratum in strata:
        blocks = [(part + stratum) % n for part in range(n)]
        own, *others = ([column[b] for b in blocks] for column in (items, *of_blocks))
        pairs = engine.map(task, blocks, users, own, *of_parts, *others)
        users, moved = engine.split(pairs, 2)
        for block, state in zip(blocks, moved, strict=True):
            items[block] = state
    return users, items
