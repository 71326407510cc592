"""The compiled closed-form solutions: one small ridge regression for every user or item.

Rows and lanes as in `sgd`. Given one side, the other side's row is the minimum of a quadratic,
so it is solved, not stepped towards (variational Bayes for matrix factorization: Lim & Teh 2007).
For a user u, with g_i = V_i - w_i x_u, h_i = z_u - w_u y_i, C_i the diagonal variance of item i:

    A_u   = (1/s2) sum_i (g_i g_i' + diag C_i) + diag(strength)
    U_u   = z_u + A_u^-1 (1/s2) sum_i [ (r_ui - mu - b_i - <h_i, g_i>) g_i - C_i h_i ]

and the mirror image for an item. The equations keep the lanes of the rows: the lane that is
constant on this side gets a one on the diagonal and nothing else, hence the solution zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.core.fitting.sgd_kernels import compiled
from recommender.core.fitting.simd import (
    Shape,
    add_product,
    add_scaled,
    dot,
    like,
    load,
    splat,
    store,
    subtract,
    times,
    with_lane,
)
from recommender.core.ratings import Float32, Float64, Int32, Int64

Floating = npt.NDArray[np.floating[Any]]

ROWS_AT_ONCE = 4
WORK_ROWS = ROWS_AT_ONCE + 5  # beside the square matrix, see `solve_rows`


@compiled
def _add_outer_products(matrix: Floating, rows: Floating, shape: Shape) -> None:
    """matrix += rows' rows; four rows at once to spare loads and stores of the matrix."""
    first, second, third, fourth = (
        load(rows, 0, shape),
        load(rows, 1, shape),
        load(rows, 2, shape),
        load(rows, 3, shape),
    )
    for a in range(matrix.shape[0]):
        line = add_scaled(load(matrix, a, shape), rows[0, a], first)
        line = add_scaled(line, rows[1, a], second)
        line = add_scaled(line, rows[2, a], third)
        store(matrix, a, add_scaled(line, rows[3, a], fourth))


@compiled
def _eliminate(matrix: Floating, pivots: Floating, shape: Shape) -> None:
    """matrix (symmetric, positive definite) = L D L'; its lower triangle becomes L^-1.

    pivots: (n,) becomes 1 / D. The part of L^-1 that exists and the part of the matrix that is
    not yet eliminated never meet in a row, so one update serves both. The upper triangle is
    zero and the diagonal one in the end.
    """
    size = matrix.shape[0]
    for k in range(size):
        pivots[k] = 1.0 / matrix[k, k]
        pivot = load(matrix, k, shape)
        for i in range(k + 1, size):
            factor = matrix[i, k] * pivots[k]
            store(matrix, i, add_scaled(load(matrix, i, shape), -factor, pivot))
            matrix[i, k] = -factor
    for k in range(size):
        matrix[k, k] = 1.0
        for d in range(k + 1, size):
            matrix[k, d] = 0.0


@compiled
def _substitute(
    inverse: Floating, pivots: Floating, right: Floating, out: Floating, shape: Shape
) -> None:
    """out[0] = (L D L')^-1 right[0], given L^-1 and 1 / D; right and out are (1, n)."""
    wanted = load(right, 0, shape)
    solution = times(wanted, like(splat(np.float32(0.0), shape), inverse))
    for i in range(inverse.shape[0]):
        line = load(inverse, i, shape)
        solution = add_scaled(solution, pivots[i] * dot(line, wanted), line)
    store(out, 0, solution)


@compiled
def _diagonal(inverse: Floating, pivots: Floating, out: Floating, shape: Shape) -> None:
    """out[0] = diagonal of (L D L')^-1."""
    zero = like(splat(np.float32(0.0), shape), inverse)
    total = zero
    for i in range(inverse.shape[0]):
        line = load(inverse, i, shape)
        total = add_product(total, line, add_scaled(zero, pivots[i], line))
    store(out, 0, total)


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
    matrix: Floating,
    work: Floating,
    statistics: Float64,
    shape: Shape,
) -> None:
    """Closed-form rows first .. last - 1 of one side, the other side fixed.

    constants: global mean, noise s2, strength of the bias, strength of the factors.
    matrix: (width, width) and work: (WORK_ROWS, width) scratch; their dtype is that of the
    arithmetic. own_variance: (n_own, width) diagonal of A^-1, written; other_variance: the same,
    read. statistics: adds sum delta^2 + variance of factors; of biases; rows; expected squared
    error.
    """
    mean, noise = constants[0], constants[1]
    rows, lines = work[:ROWS_AT_ONCE], work[ROWS_AT_ONCE:]
    right, spread, pivots = lines[0:1], lines[1:2], lines[2]
    solution, variance = lines[3:4], lines[4:5]
    width = matrix.shape[0]
    used_lanes = 0
    for d in range(2, width):
        used_lanes += 1 if constants[4 + d] > 0 else 0
    zero = like(splat(np.float32(0.0), shape), matrix)
    for r in range(first, last):
        w_r = own_weight[r]
        for a in range(width):
            store(matrix, a, zero)
        wanted, spreads = zero, zero
        for k in range(ROWS_AT_ONCE):
            store(rows, k, zero)
        prior, implicit = load(own_prior, r, shape), load(own_implicit, r, shape)
        filled = 0
        for n in range(starts[r], starts[r + 1]):
            j = indices[n]
            h = like(add_scaled(prior, -w_r, load(other_implicit, j, shape)), matrix)
            g = like(add_scaled(load(other, j, shape), -other_weight[j], implicit), matrix)
            g = with_lane(g, 1, 0.0) if own_lane == 0 else with_lane(g, 0, 0.0)
            target = stars[n] - mean - other[j, 1 - own_lane] - dot(h, g)
            uncertain = like(load(other_variance, j, shape), matrix)
            wanted = add_scaled(wanted, target, g)
            wanted = subtract(wanted, times(uncertain, h))
            spreads = add_scaled(spreads, 1.0, uncertain)
            store(rows, filled, g)
            filled += 1
            if filled == ROWS_AT_ONCE:
                _add_outer_products(matrix, rows, shape)
                filled = 0
        if filled:
            for k in range(filled, ROWS_AT_ONCE):
                store(rows, k, zero)
            _add_outer_products(matrix, rows, shape)
        store(right, 0, add_scaled(zero, 1.0 / noise, wanted))
        store(spread, 0, add_scaled(zero, 1.0 / noise, spreads))
        for a in range(width):
            store(matrix, a, add_scaled(zero, 1.0 / noise, load(matrix, a, shape)))
            matrix[a, a] += spread[0, a] + (constants[4 + a] if constants[4 + a] > 0 else 1.0)
        _eliminate(matrix, pivots, shape)
        _substitute(matrix, pivots, right, solution, shape)
        _diagonal(matrix, pivots, variance, shape)
        bias, bias_variance = solution[0, own_lane], variance[0, own_lane]
        own[r, own_lane] = own_prior[r, own_lane] + bias
        own_variance[r, 0] = own_variance[r, 1] = np.float32(0.0)
        for d in range(2, width):
            own[r, d] = own_prior[r, d] + solution[0, d]
            own_variance[r, d] = variance[0, d] if constants[4 + d] > 0 else 0.0
        if starts[r] == starts[r + 1]:
            continue
        used = 1.0 + used_lanes - constants[2] * bias_variance
        for d in range(2, width):
            if constants[4 + d] > 0:
                statistics[0] += solution[0, d] * solution[0, d] + variance[0, d]
                used -= constants[3] * variance[0, d]
        statistics[1] += bias * bias + bias_variance
        statistics[2] += 1.0
        statistics[3] += noise * used
        row = load(own, r, shape)
        for n in range(starts[r], starts[r + 1]):
            j = indices[n]
            value = add_scaled(row, -w_r, load(other_implicit, j, shape))
            facing = add_scaled(load(other, j, shape), -other_weight[j], implicit)
            error = stars[n] - mean - dot(value, facing)
            squares = dot(times(value, value), load(other_variance, j, shape))
            statistics[3] += error * error + squares


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
    matrix: Float64,
    work: Float64,
    shape: Shape,
) -> None:
    """out[u] = (base + sum_i f_i f_i')^-1 sum_i s_ui f_i, for first <= u < last.

    base, matrix: (width, width); work: (WORK_ROWS, width); out: (n, width).
    """
    rows, lines = work[:ROWS_AT_ONCE], work[ROWS_AT_ONCE:]
    right, pivots, solution = lines[0:1], lines[1], lines[2:3]
    zero = like(splat(np.float32(0.0), shape), matrix)
    for u in range(first, last):
        matrix[:] = base
        wanted = zero
        for start in range(starts[u], starts[u + 1], ROWS_AT_ONCE):
            for k in range(ROWS_AT_ONCE):
                if start + k < starts[u + 1]:
                    item = like(load(item_rows, indices[start + k], shape), matrix)
                    wanted = add_scaled(wanted, targets[start + k], item)
                    store(rows, k, item)
                else:
                    store(rows, k, zero)
            _add_outer_products(matrix, rows, shape)
        store(right, 0, wanted)
        _eliminate(matrix, pivots, shape)
        _substitute(matrix, pivots, right, solution, shape)
        store(out, u, like(load(solution, 0, shape), out))
