"""The ratings of one part of the users, in all the orders in which a fit reads them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from recommender.core.fitting.kernels.sgd import RatingBatch, group
from recommender.core.fitting.parts.mapped import mapped
from recommender.core.fitting.parts.partition import Cut
from recommender.core.fitting.source import RatingSource
from recommender.core.fitting.threads import Workers
from recommender.core.ratings import Float32, Float64, Int32, Int64, Ratings
from recommender.core.recency import ages_by_user

MAPPED_FROM = 2_000_000  # ratings in all: fewer are kept in memory
_AGES_AT_ONCE = 1_000_000


class Entries(NamedTuple):
    """Ratings grouped by the rows of one side."""

    starts: Int64  # (n + 1,) where the ratings of each row begin
    indices: Int32  # (n_ratings,) rows of the other side
    stars: Float32  # (n_ratings,)

    @property
    def counts(self) -> Int64:
        """(n,) number of ratings of each row."""
        return np.diff(self.starts)

    def sums(self) -> Float64:
        """(n,) sum of the stars of each row."""
        running = np.concatenate([[0.0], np.cumsum(self.stars, dtype=np.float64)])
        return np.asarray(running[self.starts[1:]] - running[self.starts[:-1]], np.float64)


@dataclass(frozen=True)
class Part:
    """One part; rows of users count from its first user."""

    by_user: Entries  # the items of a user in the order of their cells
    by_item: Entries
    batches: tuple[RatingBatch, ...]  # of each block, cell after cell, random inside; own rows
    ages: Float64  # (n_ratings,) of each rating by user, see `recency`
    item_weights: Float32  # (n_ratings,) by item; (0,) where all are alike
    user_weights: Float64 | None  # (n_users,) mean weight of each user's ratings
    is_mapped: bool = False  # the arrays are in files

    @property
    def n_users(self) -> int:
        return self.by_user.starts.size - 1


def make_part(
    workers: Workers,
    number: int,
    source: RatingSource,
    cut: Cut,
    user_places: Int64,
    is_large: bool,
    rng: np.random.Generator,
) -> tuple[Part, np.random.Generator]:
    """A task: read and sort a part.

    user_places: (n_users,) a random permutation, which deals the part's users to cells.
    is_large: keep it in files.
    """
    rng = deepcopy(rng)
    users = cut.parts()[number]
    ratings = source.read(users.start, users.stop)
    if len(ratings):
        ratings.check()
    items = cut.item_rows[ratings.item_index]
    n_item_cells = cut.n * cut.n_cells
    item_cell = np.repeat(np.arange(n_item_cells, dtype=np.int32), np.diff(cut.item_cells))[items]
    batches = _batches(ratings, items, item_cell, cut, user_places % cut.n_cells, rng)
    by_item, item_weights = _by_item(ratings, items)
    starts, order = _by_user(ratings, item_cell, n_item_cells)
    by_user = Entries(starts, items[order], ratings.stars[order])
    part = Part(
        by_user,
        by_item,
        batches,
        _ages(ratings, order, starts),
        item_weights,
        mean_weights(ratings),
    )
    return (_in_files(part) if is_large else part), rng


def _batches(
    ratings: Ratings,
    items: Int32,
    item_cell: Int32,
    cut: Cut,
    user_cell: Int64,
    rng: np.random.Generator,
) -> tuple[RatingBatch, ...]:
    """The ratings of each block of items; item rows count from the block's first."""
    shuffled = rng.permutation(len(ratings)).astype(np.int32)
    cells = cut.n_cells
    block, inside = np.divmod(item_cell, np.int32(cells))
    cell = (block * cells + user_cell[ratings.user_index].astype(np.int32)) * cells + inside
    bounds, order = group(cell[shuffled], cut.n * cells * cells)
    rows = shuffled[order]
    batches = []
    for number, first in enumerate(cut.item_bounds[:-1].tolist()):
        own = rows[bounds[number * cells * cells] : bounds[(number + 1) * cells * cells]]
        batches.append(
            RatingBatch(ratings.user_index[own], items[own] - np.int32(first), ratings.stars[own])
        )
    return tuple(batches)


def _by_item(ratings: Ratings, items: Int32) -> tuple[Entries, Float32]:
    starts, order = group(items, ratings.n_items)
    weights = np.empty(0, np.float32) if ratings.weights is None else ratings.weights[order]
    return Entries(starts, ratings.user_index[order], ratings.stars[order]), weights


def _by_user(ratings: Ratings, item_cell: Int32, n_cells: int) -> tuple[Int64, Int64]:
    """Starts of users and the order of ratings; counting sorts keep the order of equals."""
    by_cell = group(item_cell, n_cells)[1]
    starts, order = group(ratings.user_index[by_cell], ratings.n_users)
    return starts, by_cell[order]


def _ages(ratings: Ratings, order: Int64, starts: Int64) -> Float64:
    """(n_ratings,) by user."""
    times = ratings.times
    if times is None:  # in the order given; a minute apart, so that each one is a step
        times = np.arange(len(ratings), dtype=np.float64) * 60.0
    ages = np.empty(len(ratings))
    first_user = 0
    while first_user < ratings.n_users:
        enough = int(np.searchsorted(starts, starts[first_user] + _AGES_AT_ONCE, side="right")) - 1
        last_user = max(enough, first_user + 1)
        some = slice(starts[first_user], starts[last_user])
        rows = order[some]
        ages[some] = ages_by_user(ratings.user_index[rows], times[rows])
        first_user = last_user
    return ages


def mean_weights(ratings: Ratings) -> Float64 | None:
    """(n_users,) the mean weight of each user's ratings; None where all are alike."""
    if ratings.weights is None:
        return None
    users, n_users = ratings.user_index, ratings.n_users
    sums = np.bincount(users, ratings.weights, minlength=n_users)
    return np.asarray(sums / np.maximum(np.bincount(users, minlength=n_users), 1))


def _in_files(part: Part) -> Part:
    arrays = {field.name: mapped(getattr(part, field.name)) for field in fields(part)}
    return replace(part, **{**arrays, "is_mapped": True})
