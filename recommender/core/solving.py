"""The compiled closed-form solutions: one small ridge regression for every user or item.

Rows and lanes as in `sgd`. Given one side, the other side's row is the minimum of a quadratic,
so it is solved, not stepped towards (variational Bayes for matrix factorization: Lim & Teh 2007).
For a user u, with g_i = V_i - w_i x_u, h_i = z_u - w_u y_i, C_i the diagonal variance of item i:

    A_u   = (1/s2) sum_i (g_i g_i' + diag C_i) + diag(strength)
    U_u   = z_u + A_u^-1 (1/s2) sum_i [ (r_ui - mu - b_i - <h_i, g_i>) g_i - C_i h_i ]

and the mirror image for an item.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .ratings import Float32, Float64, Int32, Int64
from .sgd import compiled

Floating = npt.NDArray[np.floating[Any]]
_ROWS_AT_ONCE = 4


@compiled
def _add_outer_products(gram: Floating, rows: Floating) -> None:
    """gram += rows' rows, lower triangle; four rows at once to spare loads and stores."""
    for a in range(gram.shape[0]):
        g0, g1, g2, g3 = rows[0, a], rows[1, a], rows[2, a], rows[3, a]
        for b in range(a + 1):
            gram[a, b] += g0 * rows[0, b] + g1 * rows[1, b] + g2 * rows[2, b] + g3 * rows[3, b]


@compiled
def _invert_cholesky(matrix: Floating, inverse: Floating) -> None:
    """matrix (lower triangle, positive definite) = L L'; inverse becomes L^-1."""
    size = matrix.shape[0]
    for i in range(size):
        for j in range(i + 1):
            value = matrix[i, j]
            for d in range(j):
                value -= matrix[i, d] * matrix[j, d]
            matrix[i, j] = np.sqrt(value) if i == j else value / matrix[j, j]
    for i in range(size):
        for d in range(i):
            inverse[i, d] = 0.0
        inverse[i, i] = 1.0
        for j in range(i):
            factor = matrix[i, j]
            for d in range(j + 1):
                inverse[i, d] -= factor * inverse[j, d]
        scale = 1.0 / matrix[i, i]
        for d in range(i + 1):
            inverse[i, d] *= scale


@compiled
def _solve(inverse: Floating, right: Floating, solution: Floating) -> None:
    """solution = L'^-1 L^-1 right."""
    size = right.size
    solution[:] = 0.0
    for i in range(size):
        value = inverse[i, 0] * 0.0
        for d in range(i + 1):
            value += inverse[i, d] * right[d]
        for d in range(i + 1):
            solution[d] += inverse[i, d] * value


@compiled
def solve_rows(
    first: int,
    last: int,
    starts: Int64,
    indices: Int32,
    stars: Float32,
    own_lane: int,
    own: Float32,
    own_prior: Float32,
    own_implicit: Float32,
    own_weight: Float32,
    own_variance: Float32,
    other: Float32,
    other_implicit: Float32,
    other_weight: Float32,
    other_variance: Float32,
    constants: Float64,
    work: Floating,
    statistics: Float64,
) -> None:
    """Closed-form rows first .. last - 1 of one side, the other side fixed.

    constants: global mean, noise s2, strength of the bias, strength of the factors.
    work: (2 size + 8, size), size = factors + 1; its dtype is that of the arithmetic.
    own_variance: (n_own, factors) diagonal of A^-1, written; other_variance: the same, read.
    statistics: adds sum delta^2 + variance of factors; of biases; rows; expected squared error.
    """
    size = work.shape[1]
    mean, noise = constants[0], constants[1]
    gram, inverse = work[:size], work[size : 2 * size]
    rows = work[2 * size : 2 * size + _ROWS_AT_ONCE]
    right, delta = work[2 * size + _ROWS_AT_ONCE], work[2 * size + _ROWS_AT_ONCE + 1]
    spread, h = work[2 * size + _ROWS_AT_ONCE + 2], work[2 * size + _ROWS_AT_ONCE + 3]
    for r in range(first, last):
        n_rated = starts[r + 1] - starts[r]
        w_r = own_weight[r]
        gram[:] = 0.0
        right[:] = 0.0
        spread[:] = 0.0
        rows[:] = 0.0
        filled = 0
        for n in range(starts[r], starts[r + 1]):
            j = indices[n]
            w_j = other_weight[j]
            g = rows[filled]
            g[0] = 1.0
            for d in range(1, size):
                g[d] = other[j, d + 1] - w_j * own_implicit[r, d + 1]
                h[d] = own_prior[r, d + 1] - w_r * other_implicit[j, d + 1]
            dot = g[0] * 0.0
            for d in range(1, size):
                dot += h[d] * g[d]
            target = stars[n] - mean - other[j, 1 - own_lane] - dot
            right[0] += target
            for d in range(1, size):
                right[d] += target * g[d] - other_variance[j, d - 1] * h[d]
                spread[d] += other_variance[j, d - 1]
            filled += 1
            if filled == _ROWS_AT_ONCE:
                _add_outer_products(gram, rows)
                filled = 0
        if filled:
            rows[filled:] = 0.0
            _add_outer_products(gram, rows)
        for a in range(size):
            right[a] /= noise
            for b in range(a + 1):
                gram[a, b] /= noise
            gram[a, a] += spread[a] / noise + constants[2 if a == 0 else 3]
        _invert_cholesky(gram, inverse)
        _solve(inverse, right, delta)
        spread[:] = 0.0
        for i in range(size):
            for d in range(i + 1):
                spread[d] += inverse[i, d] * inverse[i, d]
        own[r, own_lane] = delta[0]
        for d in range(1, size):
            own[r, d + 1] = own_prior[r, d + 1] + delta[d]
            own_variance[r, d - 1] = spread[d]
        if n_rated == 0:
            continue
        used = float(size)
        for d in range(1, size):
            statistics[0] += delta[d] * delta[d] + spread[d]
            used -= constants[3] * spread[d]
        statistics[1] += delta[0] * delta[0] + spread[0]
        statistics[2] += 1.0
        statistics[3] += noise * (used - constants[2] * spread[0])
        for n in range(starts[r], starts[r + 1]):
            j = indices[n]
            w_j = other_weight[j]
            error = stars[n] - mean - other[j, 1 - own_lane] - delta[0]
            uncertain = 0.0
            for d in range(1, size):
                value = own[r, d + 1] - w_r * other_implicit[j, d + 1]
                error -= value * (other[j, d + 1] - w_j * own_implicit[r, d + 1])
                uncertain += value * value * other_variance[j, d - 1]
            statistics[3] += error * error + uncertain


@compiled
def solve_interest(
    first: int,
    last: int,
    starts: Int64,
    indices: Int32,
    targets: Float32,
    item_rows: Float32,
    base: Float64,
    out: Float32,
    work: Float64,
) -> None:
    """out[u] = (base + sum_i f_i f_i')^-1 sum_i s_ui f_i, for first <= u < last."""
    size = work.shape[1]
    gram, inverse = work[:size], work[size : 2 * size]
    rows = work[2 * size : 2 * size + _ROWS_AT_ONCE]
    right, solution = work[2 * size + _ROWS_AT_ONCE], work[2 * size + _ROWS_AT_ONCE + 1]
    for u in range(first, last):
        gram[:] = base
        right[:] = 0.0
        for start in range(starts[u], starts[u + 1], _ROWS_AT_ONCE):
            rows[:] = 0.0
            for k in range(min(_ROWS_AT_ONCE, starts[u + 1] - start)):
                i = indices[start + k]
                for d in range(size):
                    rows[k, d] = item_rows[i, d]
                    right[d] += targets[start + k] * rows[k, d]
            _add_outer_products(gram, rows)
        _invert_cholesky(gram, inverse)
        _solve(inverse, right, solution)
        for d in range(size):
            out[u, d] = solution[d]
