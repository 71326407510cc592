"""The compiled inner loops of stochastic gradient descent; the only module that imports numba.

Rows are padded so that one dot product holds the whole prediction (biases ride in lanes 0, 1):

    user row  U_u = [b_u, 1, p_u + z_u]        z_u = |N_u|^-1/2 sum_{j in N_u} y_j
    item row  V_i = [1, b_i, q_i + s_i]        s_i = |U_i|^-1/2 sum_{v in U_i} x_v
    r_ui      = mu + <U_u - w_u y_i, V_i - w_i x_u>      (the pair's own implicit parts left out)

after Koren, "Factorization meets the neighborhood", KDD 2008, applied to both sides. Every kernel
releases the GIL, writes only rows its caller assigned to it, and is compiled once to disk
(NUMBA_CACHE_DIR says where).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from .ratings import Bool, Float32, Float64, Int32, Int64

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

# Not plain fastmath: that would let the compiler assume NaN away and hide a diverging fit.
_FAST = {"reassoc", "contract", "nsz", "arcp"}


def compiled(function: Kernel) -> Kernel:
    """Compile for the argument types of the first call, keep the code on disk, release the GIL."""
    return cast(Kernel, numba.njit(function, nogil=True, cache=True, fastmath=_FAST))


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


@compiled
def rating_steps(
    users: Int32,
    items: Int32,
    stars: Float32,
    user_rows: Float32,
    item_rows: Float32,
    user_prior: Float32,
    item_prior: Float32,
    y: Float32,
    x: Float32,
    user_weight: Float32,
    item_weight: Float32,
    global_mean: float,
    rates: Float32,
    pulls: Float32,
) -> float:
    """One SGD step for each rating of a block, in the order given; returns the sum of e^2.

    With g = V_i - w_i x_u, h = U_u - w_u y_i, e = r - mu - <h, g>, lane by lane:

        U_u += rate (e g) - pull (U_u - z_u)        V_i += rate (e h) - pull (V_i - s_i)

    rates, pulls: (width,) learning rate and learning rate x regularization of every lane.
    """
    width = user_rows.shape[1]
    total = 0.0
    for n in range(users.size):
        u, i = users[n], items[n]
        w_u, w_i = user_weight[u], item_weight[i]
        dot = np.float32(0.0)
        for d in range(width):
            h = user_rows[u, d] - w_u * y[i, d]
            dot += h * (item_rows[i, d] - w_i * x[u, d])
        error = stars[n] - np.float32(global_mean) - dot
        total += error * error
        for d in range(width):
            p, q = user_rows[u, d], item_rows[i, d]
            h, g = p - w_u * y[i, d], q - w_i * x[u, d]
            user_rows[u, d] = p + rates[d] * error * g - pulls[d] * (p - user_prior[u, d])
            item_rows[i, d] = q + rates[d] * error * h - pulls[d] * (q - item_prior[i, d])
        user_rows[u, 1] = np.float32(1.0)
        item_rows[i, 0] = np.float32(1.0)
    return total


@compiled
def gather(
    starts: Int64, indices: Int32, source: Float32, out: Float32, first: int, last: int
) -> None:
    """out[r] = sum of source[indices[n]] over row r's entries, for first <= r < last."""
    width = source.shape[1]
    for r in range(first, last):
        for d in range(width):
            out[r, d] = np.float32(0.0)
        for n in range(starts[r], starts[r + 1]):
            c = indices[n]
            for d in range(width):
                out[r, d] += source[c, d]


@compiled
def implicit_steps(
    order: Int64,
    starts: Int64,
    indices: Int32,
    stars: Float32,
    own: Float32,
    own_prior: Float32,
    own_implicit: Float32,
    own_weight: Float32,
    other: Float32,
    other_implicit: Float32,
    other_weight: Float32,
    global_mean: float,
    rate: float,
) -> None:
    """One SGD pass over y alone (own side: users) or x alone (own side: items).

    Per row, z starts as w times the sum of y over its set as it is now (sums frozen for the
    pass would make it a batch gradient, which diverges) and steps by rate x e g; at the row's end
    every y_j of the set moves by w (z - z_start) (Koren 2008, section 4), less the share that
    came from the pair's own rating, which its own feature must not see. No decay: with the rows
    around it solved in closed form any shrinking made held-out errors larger.
    """
    width = own.shape[1]
    step = np.float32(rate)
    row, moved = np.empty(width, np.float32), np.empty(width, np.float32)
    start = np.empty(width, np.float32)
    for r in order:
        w_r = own_weight[r]
        for d in range(width):
            start[d] = moved[d] = np.float32(0.0)
        for n in range(starts[r], starts[r + 1]):
            j = indices[n]
            for d in range(width):
                start[d] += other_implicit[j, d]
        for d in range(width):
            start[d] *= w_r
            row[d] = own[r, d] - own_prior[r, d] + start[d]
        for n in range(starts[r], starts[r + 1]):
            j = indices[n]
            w_j = other_weight[j]
            dot = np.float32(0.0)
            for d in range(width):
                h = row[d] - w_r * other_implicit[j, d]
                dot += h * (other[j, d] - w_j * own_implicit[r, d])
            error = step * (stars[n] - np.float32(global_mean) - dot)
            for d in range(2, width):
                push = error * (other[j, d] - w_j * own_implicit[r, d])
                moved[d] += push
                row[d] += push
                other_implicit[j, d] -= w_r * push
        for n in range(starts[r], starts[r + 1]):
            j = indices[n]
            for d in range(2, width):
                other_implicit[j, d] += w_r * moved[d]


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


@compiled
def _next_random(state: np.uint64) -> np.uint64:
    """xorshift64 (Marsaglia 2003)."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return state


@compiled
def _interest_step(
    p: Float32, q: Float32, target: float, rate: np.float32, pull: np.float32
) -> np.float32:
    dot = np.float32(0.0)
    for d in range(p.size):
        dot += p[d] * q[d]
    error = np.float32(target) - dot
    push = rate * error
    for d in range(p.size):
        own, other = p[d], q[d]
        p[d] = own + push * other - pull * own
        q[d] = other + push * own - pull * other
    return error * error


@compiled
def interest_steps(
    users: Int64,
    starts: Int64,
    items: Int32,
    targets: Float32,
    user_rows: Float32,
    item_rows: Float32,
    block_items: Int32,
    keep: Float32,
    alias: Int32,
    is_rated: Bool,
    n_negatives: Float64,
    rate: float,
    pull: float,
    seed: int,
) -> float:
    """SGD on "rated" (target rises with the stars) against "not rated" (target 0), one block.

    Each user's positives in this block of items (items[starts[u]:starts[u + 1]]) are followed
    by n_negatives[u] draws from the block in all (its fraction by chance); a draw the user
    rated is skipped. is_rated is scratch, all False on entry and on return. Returns the sum of
    squared errors on the positives.
    """
    total = 0.0
    state = np.uint64(seed)
    step, shrink = np.float32(rate), np.float32(pull)
    for u in users:
        first, last = starts[u], starts[u + 1]
        state = _next_random(state)
        wanted = int(n_negatives[u] + (state >> np.uint64(11)) * (1.0 / 9007199254740992.0))
        for n in range(first, last):
            is_rated[items[n]] = True
        rounds = max(last - first, 1)
        drawn = 0
        for k in range(rounds):
            if first < last:
                n = first + k
                total += np.float64(
                    _interest_step(user_rows[u], item_rows[items[n]], targets[n], step, shrink)
                )
            while drawn * rounds < wanted * (k + 1):
                drawn += 1
                state = _next_random(state)
                high = state >> np.uint64(32)
                slot = np.int64(high * np.uint64(block_items.size) >> np.uint64(32))
                chance = np.float32(state & np.uint64(0xFFFFFF)) * np.float32(1.0 / 16777216.0)
                i = block_items[slot] if chance < keep[slot] else block_items[alias[slot]]
                if not is_rated[i]:
                    _interest_step(user_rows[u], item_rows[i], 0.0, step, shrink)
        for n in range(first, last):
            is_rated[items[n]] = False
    return total
