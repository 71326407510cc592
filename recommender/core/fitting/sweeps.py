"""The sweeps: closed-form rows of one side, the other side fixed, and passes over y and x.

Users are solved part by part, items block by block.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from recommender.core.fitting.kernels import ridge, sgd, simd
from recommender.core.fitting.kernels.ridge import Model
from recommender.core.fitting.kernels.sgd import SideArrays
from recommender.core.fitting.parts.mapped import mapped
from recommender.core.fitting.parts.part import Entries, Part
from recommender.core.fitting.sides import sum_rows
from recommender.core.fitting.threads import Workers, pieces
from recommender.core.fold_in import stars_weights
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.ratings import Float32, Float64

ALL_ALIKE = np.empty(0, np.float32)


@dataclass(frozen=True)
class Statistics:
    """What closed-form solutions say about the strengths they should have been solved with."""

    n_rows: int  # with ratings
    squares: Float64  # (width,) sum over them of (difference to the prior)^2 + variance
    squared_error: float  # expected, summed over all ratings

    def __add__(self, other: Statistics) -> Statistics:
        return Statistics(
            self.n_rows + other.n_rows,
            self.squares + other.squares,
            self.squared_error + other.squared_error,
        )


class Rows(NamedTuple):
    """The rows of a side or of a part of it, as a kernel needs them; see `sides.Side`."""

    weight: Float32
    rows: Float32
    prior: Float32
    implicit: Float32
    variance: Float32

    def cut(self, own: slice) -> Rows:
        """Some of them."""
        return Rows(*(array[own] for array in self))


Own = tuple[int, Entries, Rows]  # a side's bias column, ratings and rows
Solved = tuple[Float32, Float32, Statistics]  # rows, variance


class BlockRatings(NamedTuple):
    """The ratings of a block of items by users of one part or of all."""

    by_item: Entries
    weights: Float32  # (n_ratings,) by item; (0,) where all are alike


def solve_users(workers: Workers, part: Part, own: Rows, items: Rows, model: Model) -> Solved:
    """A task: the users of a part."""
    return _solve(workers, (0, part.by_user, own), items, ALL_ALIKE, model)


def solve_items(
    workers: Workers, block: BlockRatings, own: slice, items: Rows, users: Rows, model: Model
) -> Solved:
    """A task: the items of a block. users: those of all parts."""
    entries, weights = block
    return _solve(workers, (1, entries, items.cut(own)), users, weights, model)


def finish_users(
    workers: Workers,
    part: Part,
    own: Rows,
    items: Rows,
    mean: Float32,
    model: Model,
    p: Hyperparameters,
) -> Float32:
    """A task: the users of a part as `fold_in` solves them for a live page.

    mean: (width,) the mean user.
    """
    counts = part.by_user.counts
    n = counts.astype(np.float64)
    share = p.mean_person_weight / np.maximum(n + p.mean_person_weight, 1e-12)
    weight = (own.weight * (1.0 - share)).astype(np.float32)
    prior = sum_rows(part.by_user, items.implicit, workers)
    prior *= weight[:, None]
    prior[:, 0], prior[:, 1] = mean[0], own.prior[:, 1]
    prior[:, 2:] += share[:, None].astype(np.float32) * mean[2:]
    of_ratings = stars_weights(p, part.ages, np.repeat(counts, counts)).astype(np.float32)
    own = own._replace(weight=weight, prior=prior)
    return _solve(workers, (0, part.by_user, own), items, of_ratings, model)[0]


def _solve(
    workers: Workers,
    side: Own,
    other: Rows,
    weights: Float32,
    model: Model,
) -> Solved:
    """weights: (n_ratings,) or (0,) for all alike."""
    bias_column, entries, own = side
    rows, variance = simd.copied(own.rows), simd.copied(own.variance)
    own = own._replace(rows=rows, variance=variance)
    arrays, others = _arrays((bias_column, entries, own), other)
    width = rows.shape[1]
    ranges = pieces(entries.starts)
    squares = np.zeros((len(ranges), width))
    calls = [
        partial(
            ridge.solve_rows,
            *(first, last, arrays, others, weights, model),
            *(ridge.workspace(width), squares[k], simd.shape_of(width)),
        )
        for k, (first, last) in enumerate(ranges)
    ]
    squared_error = float(sum(workers.run(calls)))
    n_rows = int(np.count_nonzero(entries.counts))
    return rows, variance, Statistics(n_rows, squares.sum(axis=0), squared_error)


def _arrays(side: Own, other: Rows) -> tuple[SideArrays, SideArrays]:
    """Both sides for a kernel, which looks at the ratings of the own side alone."""
    bias_column, entries, own = side
    no_entries = (entries.starts[:1], entries.indices[:0], entries.stars[:0])
    return (
        SideArrays(bias_column, *entries, *own),
        SideArrays(1 - bias_column, *no_entries, *other),
    )


def ratings_of_blocks(
    workers: Workers, part: Part, first_user: int, blocks: list[slice]
) -> tuple[BlockRatings, ...]:
    """A task: the part's ratings of each block of items, under the rows of all users."""
    starts, users, stars = part.by_item
    found = []
    for block in blocks:
        bounds = starts[block.start : block.stop + 1]
        own = slice(bounds[0], bounds[-1])
        entries = Entries(bounds - bounds[0], users[own] + np.int32(first_user), stars[own])
        found.append(BlockRatings(entries, part.item_weights[own]))
    return tuple(found)


def joined_ratings(workers: Workers, of_parts: list[BlockRatings], is_large: bool) -> BlockRatings:
    """A task: the ratings of one block of items by the users of all parts.

    is_large: keep them in files.
    """
    if len(of_parts) == 1:
        return of_parts[0]
    entries = [block.by_item for block in of_parts]
    n_items = entries[0].starts.size - 1
    rows = np.arange(n_items, dtype=np.int32)
    starts, order = sgd.group(np.concatenate([np.repeat(rows, e.counts) for e in entries]), n_items)
    users, stars = (np.concatenate([e[k] for e in entries])[order] for k in (1, 2))
    weights = np.concatenate([block.weights for block in of_parts])
    joined = BlockRatings(
        Entries(starts, users, stars), weights[order] if weights.size else weights
    )
    return mapped(joined) if is_large else joined


def pass_over_users(
    workers: Workers,
    part: Part,
    own: Rows,
    items: Rows,
    y: Float32,
    global_mean: float,
    rate: float,
    rng: np.random.Generator,
) -> tuple[Float32, np.random.Generator]:
    """A task: y after one step for each rating of a part, see `sgd.implicit_steps`."""
    return _pass((0, part.by_user, own), items._replace(implicit=y), global_mean, rate, rng)


def pass_over_items(
    workers: Workers,
    block: BlockRatings,
    own: slice,
    items: Rows,
    users: Rows,
    x: Float32,
    global_mean: float,
    rate: float,
    rng: np.random.Generator,
) -> tuple[Float32, np.random.Generator]:
    """A task: x after one step for each rating of a block."""
    side = (1, block.by_item, items.cut(own))
    return _pass(side, users._replace(implicit=x), global_mean, rate, rng)


def _pass(
    side: Own, other: Rows, global_mean: float, rate: float, rng: np.random.Generator
) -> tuple[Float32, np.random.Generator]:
    rng, moved = deepcopy(rng), simd.copied(other.implicit)
    own, others = _arrays(side, other._replace(implicit=moved))
    order, shape = rng.permutation(own.weight.size), simd.shape_of(moved.shape[1])
    sgd.implicit_steps(order, own, others, global_mean, rate, shape)
    return moved, rng
