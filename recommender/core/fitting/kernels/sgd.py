"""Compiled inner loops of stochastic gradient descent.

`sgd_reference` has the same steps in plain numpy; a test holds both equal. Here biases are columns
0 and 1 of the rows, so that one dot product is the whole prediction:

    user row  U_u = [b_u, 1, p_u + z_u]        z_u = |N_u|^-1/2 sum_{j in N_u} y_j
    item row  V_i = [1, b_i, q_i + s_i]        s_i = |U_i|^-1/2 sum_{v in U_i} x_v
    r_ui      = mu + <U_u - w_u y_i, V_i - w_i x_u>      (without the pair's own implicit parts)

after Koren, "Factorization meets the neighborhood", KDD 2008, applied to both sides. Every kernel
releases the GIL, writes only the rows its caller assigned to it, and is compiled once to disk
(set NUMBA_CACHE_DIR to choose where).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from recommender.core.fitting.kernels.simd import (
    Shape,
    add_scaled,
    dot,
    load,
    splat,
    store,
    subtract,
    times,
    with_column,
)
from recommender.core.ratings import Bool, Float32, Float64, Int32, Int64

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

# Not plain fastmath: that would let the compiler assume NaN away and hide a diverging fit.
_FAST = {"reassoc", "contract", "nsz", "arcp"}


def compiled(function: Kernel) -> Kernel:
    """Compile for the argument types of the first call, keep the code on disk, release the GIL."""
    return cast(Kernel, numba.njit(function, nogil=True, cache=True, fastmath=_FAST))


def part_of_kernel(function: Kernel) -> Kernel:
    """Put the code of a function where it is called, as if it were written there."""
    return cast(Kernel, numba.njit(function, inline="always", fastmath=_FAST))


@compiled
def group(keys: Int32, n_keys: int) -> tuple[Int64, Int64]:
    """Counting sort: `order` lists positions by key, key k's at order[starts[k]:starts[k + 1]]."""
    starts = np.zeros(n_keys + 1, np.int64)
    for key in keys:
        starts[key + 1] += 1
    for k in range(n_keys):
        starts[k + 1] += starts[k]
    cursor = starts[:-1].copy()
    order = np.empty(keys.size, np.int64)
    for position in range(keys.size):
        key = keys[position]
        order[cursor[key]] = position
        cursor[key] += 1
    return starts, order


class RatingBatch(NamedTuple):
    """n ratings in the order in which they are learned from."""

    users: Int32  # (n,) rows of the user side
    items: Int32  # (n,) rows of the item side
    stars: Float32  # (n,)


class LeftOut(NamedTuple):
    """What it takes to leave a pair's own implicit parts out of its prediction."""

    item_implicit: Float32  # (n_items, width) y
    user_implicit: Float32  # (n_users, width) x
    user_weight: Float32  # (n_users,) w
    item_weight: Float32  # (n_items,) w


class Decay(NamedTuple):
    """How far each step pulls a row back to its prior: rate x regularization."""

    users: Float32  # (n_users,)
    items: Float32  # (n_items,)
    bias_share: Float32  # (2,) for the bias of a user and of an item, times this


@compiled
def rating_steps(
    ratings: RatingBatch,
    user_rows: Float32,
    item_rows: Float32,
    priors: tuple[Float32, Float32] | None,
    left_out: LeftOut | None,
    decay: Decay,
    global_mean: float,
    rate: float,
    shape: Shape,
) -> float:
    """One SGD step for each rating, in the order given; returns the sum of e^2.

    With g = V_i - w_i x_u, h = U_u - w_u y_i, e = r - mu - <h, g>:

        U_u += rate e g - decay_u (U_u - z_u)        V_i += rate e h - decay_i (V_i - s_i)

    user_rows, item_rows: (n, width) U and V, changed in place. priors: z and s; None for zero.
    left_out: None leaves the pair's own implicit parts in (g = V_i, h = U_u). Ratings in random
    order are fastest: steps that share no row overlap in the processor.
    """
    users, items, stars = ratings
    user_decay, item_decay, bias_share = decay
    total = 0.0
    step, mean = np.float32(rate), np.float32(global_mean)
    user_share = with_column(splat(np.float32(1.0), shape), 0, bias_share[0])
    item_share = with_column(splat(np.float32(1.0), shape), 1, bias_share[1])
    for n in range(users.size):
        u, i = users[n], items[n]
        user, item = load(user_rows, u, shape), load(item_rows, i, shape)
        h, g = user, item
        if left_out is not None:
            h = add_scaled(user, -left_out.user_weight[u], load(left_out.item_implicit, i, shape))
            g = add_scaled(item, -left_out.item_weight[i], load(left_out.user_implicit, u, shape))
        error = stars[n] - mean - dot(h, g)
        total += error * error
        user_off, item_off = user, item
        if priors is not None:
            user_off = subtract(user, load(priors[0], u, shape))
            item_off = subtract(item, load(priors[1], i, shape))
        # What does not wait for the error comes first.
        user = add_scaled(user, -user_decay[u], times(user_off, user_share))
        item = add_scaled(item, -item_decay[i], times(item_off, item_share))
        store(user_rows, u, with_column(add_scaled(user, step * error, g), 1, 1.0))
        store(item_rows, i, with_column(add_scaled(item, step * error, h), 0, 1.0))
    return total


@compiled
def gather(
    starts: Int64,
    indices: Int32,
    source: Float32,
    out: Float32,
    first: int,
    last: int,
    shape: Shape,
) -> None:
    """out[r] = sum of source[indices[n]] over row r's entries, for first <= r < last."""
    for r in range(first, last):
        sums = splat(np.float32(0.0), shape)
        for n in range(starts[r], starts[r + 1]):
            sums = add_scaled(sums, np.float32(1.0), load(source, indices[n], shape))
        store(out, r, sums)


@compiled
def sums(starts: Int64, indices: Int32, values: Float32) -> Float32:
    """(n_rows,) sum of values[indices[n]] over each row's entries."""
    out = np.empty(starts.size - 1, np.float32)
    for r in range(out.size):
        total = 0.0
        for n in range(starts[r], starts[r + 1]):
            total += values[indices[n]]
        out[r] = total
    return out


class SideArrays(NamedTuple):
    """The arrays of one side of the rating block, users or items; see `sides.Side`."""

    bias_column: int  # 0 for users, 1 for items
    starts: Int64  # (n + 1,) where the ratings of each row begin
    indices: Int32  # (n_ratings,) rows of the other side
    stars: Float32  # (n_ratings,)
    weight: Float32  # (n,) w
    rows: Float32  # (n, width) U or V
    prior: Float32  # (n, width) z or s
    implicit: Float32  # (n, width) x or y, which the other side sums up
    variance: Float32  # (n, width) diagonal of the posterior covariance


@compiled
def implicit_steps(
    order: Int64, own: SideArrays, other: SideArrays, global_mean: float, rate: float, shape: Shape
) -> None:
    """One SGD pass over y alone (own side: users) or x alone (own side: items).

    Each row r in `order` starts from z as w times the sum of y over its set as it is now (sums
    frozen for the pass would make it a batch gradient, which diverges) and steps by rate x e g; at
    the end of the row every y_j of the set moves by w (z - z_start) (Koren 2008, section 4), less
    the share that came from the pair's own rating, which its own feature must not see. No decay:
    with the rows around it solved in closed form any shrinking made held-out errors larger.
    """
    step, mean = np.float32(rate), np.float32(global_mean)
    zero = splat(np.float32(0.0), shape)
    for r in order:
        w_r = own.weight[r]
        implicit = load(own.implicit, r, shape)
        start = zero
        for n in range(own.starts[r], own.starts[r + 1]):
            start = add_scaled(start, w_r, load(other.implicit, own.indices[n], shape))
        prior = with_column(with_column(load(own.prior, r, shape), 0, 0.0), 1, 0.0)
        row = add_scaled(subtract(load(own.rows, r, shape), prior), 1.0, start)
        moved = zero
        for n in range(own.starts[r], own.starts[r + 1]):
            j = own.indices[n]
            y = load(other.implicit, j, shape)
            g = add_scaled(load(other.rows, j, shape), -other.weight[j], implicit)
            error = step * (own.stars[n] - mean - dot(add_scaled(row, -w_r, y), g))
            push = add_scaled(zero, error, with_column(with_column(g, 0, 0.0), 1, 0.0))
            moved = add_scaled(moved, 1.0, push)
            row = add_scaled(row, 1.0, push)
            store(other.implicit, j, add_scaled(y, -w_r, push))
        for n in range(own.starts[r], own.starts[r + 1]):
            j = own.indices[n]
            store(other.implicit, j, add_scaled(load(other.implicit, j, shape), w_r, moved))


@compiled
def alias_table(weights: Float64) -> tuple[Float32, Int32]:
    """Walker's alias table (Vose 1991): draw row n with probability weights[n] / sum in O(1)."""
    n = weights.size
    scaled = weights * (n / weights.sum())
    keep, alias = np.ones(n, np.float32), np.arange(n).astype(np.int32)
    small, large = np.empty(n, np.int32), np.empty(n, np.int32)
    n_small, n_large = 0, 0
    for k in range(n):
        if scaled[k] < 1.0:
            small[n_small] = k
            n_small += 1
        else:
            large[n_large] = k
            n_large += 1
    while n_small and n_large:
        n_small -= 1
        s, b = small[n_small], large[n_large - 1]
        keep[s], alias[s] = scaled[s], b
        scaled[b] -= 1.0 - scaled[s]
        if scaled[b] < 1.0:
            n_large -= 1
            small[n_small] = b
            n_small += 1
    return keep, alias


@part_of_kernel
def _next_random(state: np.uint64) -> np.uint64:
    """xorshift64 (Marsaglia 2003)."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return state


@part_of_kernel
def _as_fraction(state: np.uint64) -> float:
    """Between 0 and 1, from 64 random bits."""
    return float((state >> np.uint64(11)) * (1.0 / 9007199254740992.0))


class Targets(NamedTuple):
    """Items that users rated, each with what its dot product should be."""

    starts: Int64  # (n_users + 1,) where each user's begin
    items: Int32  # (n,) rows; of a user, those of one block of items after those of lower ones
    targets: Float32  # (n,)


class Negatives(NamedTuple):
    """How items that a user did not rate are drawn from a block of m; see `alias_table`."""

    keep: Float32  # (m,)
    alias: Int32  # (m,)
    is_rated: Bool  # (m,) scratch, all False between calls
    per_user: Float64  # (n_users,) draws for each user, a fraction by chance


@part_of_kernel
def _first_from(items: Int32, first: int, last: int, wanted: int) -> int:
    """The first place between first and last whose item is `wanted` or later; `last` for none."""
    while first < last:
        middle = (first + last) // 2
        if items[middle] < wanted:
            first = middle + 1
        else:
            last = middle
    return first


@compiled
def interest_steps(
    users: Int64,
    positives: Targets,
    block: tuple[int, int],
    negatives: Negatives,
    user_rows: Float32,
    item_rows: Float32,
    rate: float,
    decay: float,
    mean_user: Float32,
    seed: int,
    shape: Shape,
) -> float:
    """SGD on "rated" (target rises with the stars) against "not rated" (target 0), some items.

    For a user row x, an item row f and a target t, with e = t - <x, f>:

        x += rate e f - decay (x - m)        f += rate e x - decay f

    The draws of a user, `negatives.per_user` in all, follow on the positives in equal shares; a
    draw the user rated is skipped. users: rows, in order. block: the items from .. to, item_rows:
    theirs. decay: rate x regularization. mean_user: (1, width) m. Returns the sum of e^2 over the
    positives.
    """
    starts, items, targets = positives
    is_rated, offset = negatives.is_rated, block[0]
    state, total = np.uint64(seed), 0.0
    step, shrink, mean = np.float32(rate), np.float32(decay), load(mean_user, 0, shape)
    for u in users:
        first = _first_from(items, starts[u], starts[u + 1], block[0])
        last = _first_from(items, first, starts[u + 1], block[1])
        state = _next_random(state)
        wanted = int(negatives.per_user[u] + _as_fraction(state))
        for n in range(first, last):
            is_rated[items[n] - offset] = True
        row = load(user_rows, u, shape)
        rounds = max(last - first, 1)
        drawn = 0
        for k in range(rounds):
            if first < last:
                i = items[first + k] - offset
                item = load(item_rows, i, shape)
                error = targets[first + k] - dot(row, item)
                total += error * error
                push = step * error
                store(item_rows, i, add_scaled(add_scaled(item, -shrink, item), push, row))
                row = add_scaled(add_scaled(row, -shrink, subtract(row, mean)), push, item)
            while drawn * rounds < wanted * (k + 1):
                drawn += 1
                state = _next_random(state)
                i = _draw(state, negatives)
                if not is_rated[i]:
                    item = load(item_rows, i, shape)
                    push = -step * dot(row, item)
                    store(item_rows, i, add_scaled(add_scaled(item, -shrink, item), push, row))
                    row = add_scaled(add_scaled(row, -shrink, subtract(row, mean)), push, item)
        store(user_rows, u, row)
        for n in range(first, last):
            is_rated[items[n] - offset] = False
    return total


@part_of_kernel
def _draw(state: np.uint64, negatives: Negatives) -> int:
    """The item of the block that 64 random bits stand for."""
    high = state >> np.uint64(32)
    slot = np.int64(high * np.uint64(negatives.keep.size) >> np.uint64(32))
    chance = np.float32(state & np.uint64(0xFFFFFF)) * np.float32(1.0 / 16777216.0)
    if chance < negatives.keep[slot]:
        return int(slot)
    return int(negatives.alias[slot])
