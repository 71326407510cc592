"""The steps of stochastic gradient descent in plain numpy, to be read beside the compiled kernels.

Rating block (Koren, "Factorization meets the neighborhood", KDD 2008, applied to both sides):

    r_ui = mu + b_u + b_i + <p_u - w_u y_i, q_i - w_i x_u>        e = r - r_ui

    b_u += rate e - decay_u share_u b_u        p_u += rate e (q_i - w_i x_u) - decay_u (p_u - z_u)
    b_i += rate e - decay_i share_i b_i        q_i += rate e (p_u - w_u y_i) - decay_i (q_i - s_i)

p and q here hold their implicit parts z_u = w_u sum_j y_j and s_i = w_i sum_v x_v; w_u y_i and
w_i x_u take the pair's own part out again. decay = rate x regularization.

Interest block (Funk 2006, with sampled negatives), target t from the stars, 0 for a negative:

    e = t - <x_u, f_i>   x_u += rate e f_i - decay (x_u - m)   f_i += rate e x_u - decay f_i

Both sides of a pair step from the values before the step. Slow: tests hold `sgd` equal to
this within the rounding of float32; nothing else calls it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from recommender.core.fitting.kernels.sgd import Negatives, RatingBatch, Targets
from recommender.core.ratings import Float64, Int64


@dataclass
class RatingState:
    """All that a step of the rating block reads or changes; float64, users first in each pair."""

    global_mean: float
    bias: tuple[Float64, Float64]  # (n_users,), (n_items,) b
    factors: tuple[Float64, Float64]  # (n_users, k), (n_items, k) p with z, q with s
    priors: tuple[Float64, Float64]  # the same shapes: z, s
    implicit: tuple[Float64, Float64]  # the same shapes: x, y
    weight: tuple[Float64, Float64]  # (n_users,), (n_items,) w; 0 keeps the own part in
    decay: tuple[Float64, Float64]  # (n_users,), (n_items,) rate x regularization
    bias_share: tuple[float, float]  # of the decay


def rating_epoch(state: RatingState, ratings: RatingBatch, rate: float) -> float:
    """One step for each rating in the order given, in place; returns the sum of e^2."""
    user_bias, item_bias = state.bias
    p, q = state.factors
    z, s = state.priors
    x, y = state.implicit
    w_user, w_item = state.weight
    decay_user, decay_item = state.decay
    share_user, share_item = state.bias_share
    total = 0.0
    for u, i, stars in zip(*ratings, strict=True):
        h = p[u] - w_user[u] * y[i]
        g = q[i] - w_item[i] * x[u]
        error = stars - (state.global_mean + user_bias[u] + item_bias[i] + h @ g)
        total += error**2
        user_bias[u] += rate * error - decay_user[u] * share_user * user_bias[u]
        item_bias[i] += rate * error - decay_item[i] * share_item * item_bias[i]
        p[u] += rate * error * g - decay_user[u] * (p[u] - z[u])
        q[i] += rate * error * h - decay_item[i] * (q[i] - s[i])
    return float(total)


def interest_epoch(
    users: Int64,
    positives: Targets,
    block: tuple[int, int],
    negatives: Negatives,
    vectors: tuple[Float64, Float64],
    rate: float,
    decay: float,
    mean_user: Float64,
    seed: int,
) -> float:
    """One step for each positive and each negative drawn, in place; the sum of e^2 on positives.

    block: the items from .. to; vectors: (n_users, k) x and (m, k) f of the block; mean_user: (k,)
    m. The draws of a user follow on the positives in equal shares; a draw that the user rated is
    skipped.
    """
    x, f = vectors
    random = _xorshift64(seed)
    total = 0.0

    def step(u: int, i: int, target: float) -> float:
        error = float(target - x[u] @ f[i])
        x[u], f[i] = (
            x[u] + rate * error * f[i] - decay * (x[u] - mean_user),
            f[i] + rate * error * x[u] - decay * f[i],
        )
        return error**2

    for u in users:
        own = slice(positives.starts[u], positives.starts[u + 1])
        inside = (block[0] <= positives.items[own]) & (positives.items[own] < block[1])
        rated, targets = positives.items[own][inside] - block[0], positives.targets[own][inside]
        n_drawn = int(negatives.per_user[u] + (next(random) >> 11) / 2**53)
        drawn = [_draw(next(random), negatives) for _ in range(n_drawn)]
        n_rounds = max(len(rated), 1)
        for k in range(n_rounds):
            if len(rated):
                total += step(u, rated[k], targets[k])
            share = slice(
                math.ceil(n_drawn * k / n_rounds), math.ceil(n_drawn * (k + 1) / n_rounds)
            )
            for i in drawn[share]:
                if i not in rated:
                    step(u, i, 0.0)
    return total


def _xorshift64(state: int) -> Iterator[int]:
    """64 random bits at a time (Marsaglia 2003)."""
    while True:
        state ^= (state << 13) % 2**64
        state ^= state >> 7
        state ^= (state << 17) % 2**64
        yield state


def _draw(bits: int, negatives: Negatives) -> int:
    """An item by Walker's alias table: a slot from the high bits, kept or not by the low ones."""
    slot = (bits >> 32) * negatives.keep.size >> 32
    is_kept = (bits & 0xFFFFFF) / 2**24 < negatives.keep[slot]
    return int(slot if is_kept else negatives.alias[slot])
