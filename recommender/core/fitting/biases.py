"""Biases before any factors: damped least squares, items around a line in their popularity.

    b_u = sum_i (r_ui - mu - b_i) / (n_u + d)
    b_i = c_i + sum_u (r_ui - mu - b_u - c_i) / (n_i + d)
    c_i = intercept + slope log(1 + n_i)

People rate what they expect to like, so a movie that few rated is a worse one, and one that nobody
rated most of all. The line is learned from all items (empirical Bayes); where everybody gave eight
ratings it takes .011 (ml-100k) and .009 (older latest-small) off the error of biases alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recommender.core.fitting.engines import Engine
from recommender.core.fitting.kernels import sgd
from recommender.core.fitting.parts.part import Part
from recommender.core.fitting.sides import Handles, Side, with_column
from recommender.core.fitting.threads import Workers
from recommender.core.ratings import Float32, Float64, Int64

ROUNDS = 5
# Weight of a flat line at zero, in well-rated items.
LINE_RIDGE = 1.0


@dataclass(frozen=True)
class Damping:
    """What the biases of both sides have in common."""

    global_mean: float
    ratings: float  # d


def start_from_biases(
    engine: Engine, parts: Handles, users: Side, items: Side, damping: Damping
) -> tuple[Side, Side]:
    """Both sides with the biases in their rows, and the line in the prior of the items."""
    item_counts = items.counts[0]
    stars = engine.sum(engine.map(_item_stars, parts))
    user_bias = engine.map(_no_bias, users.counts)
    for _ in range(ROUNDS):
        taken = engine.sum(engine.map(_user_biases, parts, user_bias))
        item_bias, line = engine.split(
            [engine.one(_solve_items, stars, taken, item_counts, damping)], 2
        )
        n = len(parts)
        user_bias = engine.map(_solve_users, parts, item_bias * n, [damping] * n)
    columns = engine.map(with_column, users.rows, user_bias, [0] * len(parts))
    return replace(users, rows=columns), replace(
        items,
        rows=engine.map(with_column, items.rows, item_bias, [1]),
        prior=engine.map(with_column, items.prior, line, [1]),
    )


def popularity_line(sums: Float64, counts: Int64, damping: float) -> Float32:
    """(n,) intercept + slope log(1 + n_i), from each item's sum of what its users' biases leave."""
    features = np.stack([np.ones(counts.size), np.log1p(counts)], axis=1)
    rated = counts > 0
    known, weight = features[rated], 1.0 / (counts[rated] + damping)
    # Each item's mean, sums / counts, weighs counts / (counts + damping).
    matrix = known.T @ (known * (counts[rated] * weight)[:, None]) + LINE_RIDGE * np.eye(2)
    coefficients = np.linalg.solve(matrix, known.T @ (sums[rated] * weight))
    return np.asarray(features @ coefficients, np.float32)


def _item_stars(workers: Workers, part: Part) -> Float64:
    return part.by_item.sums()


def _no_bias(workers: Workers, counts: Int64) -> Float32:
    return np.zeros(counts.size, np.float32)


def _user_biases(workers: Workers, part: Part, user_bias: Float32) -> Float32:
    """(n_items,) the sum of its raters' biases."""
    return sgd.sums(part.by_item.starts, part.by_item.indices, user_bias)


def _solve_items(
    workers: Workers, stars: Float64, taken: Float32, counts: Int64, damping: Damping
) -> tuple[Float32, Float32]:
    left: Float64 = stars - damping.global_mean * counts - taken
    line = popularity_line(left, counts, damping.ratings)
    bias = (left + damping.ratings * line) / (counts + damping.ratings)
    return bias.astype(np.float32), line


def _solve_users(workers: Workers, part: Part, item_bias: Float32, damping: Damping) -> Float32:
    counts = part.by_user.counts
    left = part.by_user.sums() - damping.global_mean * counts
    left -= sgd.sums(part.by_user.starts, part.by_user.indices, item_bias)
    return np.asarray(left / (counts + damping.ratings), np.float32)
