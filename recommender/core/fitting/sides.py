"""Users and items as the two sides of the rating block, each the mirror image of the other.

Letters as in `kernels.sgd`: rows U or V; prior z or s, the implicit part of the rows; implicit x or
y, the vectors that the *other* side sums up; weight w = |N|^-1/2.

A side is handles of arrays, one for each part of the users, one of all items. Tasks return new
arrays, so a side is copied by copying its handles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from recommender.core.fitting.engines import Engine, Handle
from recommender.core.fitting.kernels import sgd, simd
from recommender.core.fitting.parts.part import Entries, Part
from recommender.core.fitting.threads import Workers, pieces
from recommender.core.ratings import Float32, Int64

Handles = list[Handle]


@dataclass(frozen=True)
class Side:
    """One side; arrays are (n, width) float32 unless said otherwise."""

    bias_column: int  # 0 for users, 1 for items
    counts: list[Int64]  # (n,) number of ratings of each row
    weight: Handles  # (n,) one over the root of the number of ratings, 0 for none
    rows: Handles
    prior: Handles
    implicit: Handles
    variance: Handles  # diagonal of the posterior covariance of the factors

    def checkpointed(self, engine: Engine) -> Side:
        """The same, safe from the loss of a machine."""
        learned = (self.rows, self.prior, self.implicit, self.variance)
        rows, prior, implicit, variance = map(engine.checkpoint, learned)
        return replace(self, rows=rows, prior=prior, implicit=implicit, variance=variance)


def make_side(
    engine: Engine, bias_column: int, counts: list[Int64], rows: Handles, width: int
) -> Side:
    """A side with these random rows; all else that is learned begins at zero."""
    n = len(counts)
    rows = engine.map(with_column, rows, [1.0] * n, [1 - bias_column] * n)
    zeros = [engine.map(_zeros, counts, [width] * n) for _ in range(3)]
    return Side(bias_column, counts, engine.map(_weight, counts), rows, *zeros)


@dataclass(frozen=True)
class Sums:
    """Sums of rows of one side over the ratings of each row of the other, on all parts."""

    engine: Engine
    parts: Handles

    def by(self, side: Side, source: Handles) -> Handles:
        """Of the `source` of the other side, for each row of `side`."""
        return self.for_users(source) if side.bias_column == 0 else self.for_items(source)

    def for_users(self, items: Handles) -> Handles:
        return self.engine.map(_sums_for_users, self.parts, items * len(self.parts))

    def for_items(self, users: Handles) -> Handles:
        return [self.engine.sum(self.engine.map(_sums_for_items, self.parts, users))]


def sum_implicit(own: Side, other: Side, sums: Sums) -> Handles:
    """The prior of every row: weight x sum of the other side's implicit vectors over its set.

    That of a bias is left as it is.
    """
    return sums.engine.map(weigh, sums.by(own, other.implicit), own.weight, own.prior)


def weigh(workers: Workers, sums: Float32, weight: Float32, prior: Float32) -> Float32:
    """A task: weight x sums, the biases from `prior`."""
    out = simd.copied(sums)
    out *= weight[:, None]
    out[:, :2] = prior[:, :2]
    return out


def move(workers: Workers, rows: Float32, prior: Float32, new_prior: Float32) -> Float32:
    """A task: the rows, moved with the implicit part under them.

    Koren's double movement: keeping the rows where they were costs .01 of RMSE.
    """
    out = simd.copied(rows)
    out += new_prior - prior
    return out


def sum_rows(entries: Entries, source: Float32, workers: Workers) -> Float32:
    """(n, width) the sum of source[indices] over the entries of each row."""
    out = simd.zeros(entries.starts.size - 1, source.shape[1])
    shape = simd.shape_of(source.shape[1])
    starts, indices, _ = entries
    workers.run(
        [
            partial(sgd.gather, starts, indices, source, out, first, last, shape)
            for first, last in pieces(starts)
        ]
    )
    return out


def with_column(workers: Workers, rows: Float32, values: Float32 | float, column: int) -> Float32:
    """A task: the rows with one column replaced."""
    out = simd.copied(rows)
    out[:, column] = values
    return out


def joined(workers: Workers, arrays: list[Any]) -> Any:
    """A task: arrays one after another."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _sums_for_users(workers: Workers, part: Part, items: Float32) -> Float32:
    return sum_rows(part.by_user, items, workers)


def _sums_for_items(workers: Workers, part: Part, users: Float32) -> Float32:
    return sum_rows(part.by_item, users, workers)


def _zeros(workers: Workers, counts: Int64, width: int) -> Float32:
    return simd.zeros(counts.size, width)


def _weight(workers: Workers, counts: Int64) -> Float32:
    return np.where(counts > 0, 1.0 / np.sqrt(np.maximum(counts, 1)), 0.0).astype(np.float32)
