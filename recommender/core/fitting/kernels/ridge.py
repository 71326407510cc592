"""Compiled closed-form solutions: one small ridge regression for every user or item.

Rows and columns as in `sgd`. Given one side, the other side's row is the minimum of a
quadratic, so it is solved, not stepped towards (variational Bayes for matrix factorization: Lim &
Teh 2007). For a user u, with g_i = V_i - w_i x_u, h_i = z_u - w_u y_i, C_i the diagonal variance of
item i and s2 the noise:

    A_u   = (1/s2) sum_i (g_i g_i' + diag C_i) + diag(strength)
    U_u   = z_u + A_u^-1 (1/s2) sum_i [ (r_ui - mu - b_i - <h_i, g_i>) g_i - C_i h_i ]

and the mirror image for an item. Each row is assembled (A and its right side), factored (L D L')
and written back. The column that is constant on this side gets a one on the diagonal and nothing
else, hence the solution zero.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recommender.core.fitting.kernels.sgd import (
    SideArrays,
    Targets,
    compiled,
    part_of_kernel,
)
from recommender.core.fitting.kernels.simd import (
    Shape,
    add_product,
    add_scaled,
    dot,
    load,
    splat,
    store,
    subtract,
    times,
    with_column,
)
from recommender.core.ratings import Float32, Float64, Int64

ROWS_AT_ONCE = 4


class Workspace(NamedTuple):
    """Scratch for one system of equations at a time.

    Single precision: the ridge keeps A well conditioned, and on ml-100k no number of a solution is
    more than 3e-6 from that in double precision.
    """

    matrix: Float32  # (width, width) A, then L^-1
    rows: Float32  # (ROWS_AT_ONCE, width) what is added to A together
    right: Float32  # (1, width)
    ridge: Float32  # (1, width) sum of C_i / s2
    pivots: Float32  # (width,) 1 / D
    solution: Float32  # (1, width)
    variance: Float32  # (1, width) diagonal of A^-1


def workspace(width: int) -> Workspace:
    """Scratch for rows of `width` columns."""
    lines = np.empty((ROWS_AT_ONCE + 5, width), np.float32)
    rows, one_line = lines[:ROWS_AT_ONCE], lines[ROWS_AT_ONCE:]
    return Workspace(
        np.empty((width, width), np.float32),
        rows,
        right=one_line[0:1],
        ridge=one_line[1:2],
        pivots=one_line[2],
        solution=one_line[3:4],
        variance=one_line[4:5],
    )


class Model(NamedTuple):
    """The numbers that all systems of one side share."""

    global_mean: float
    noise: float  # s2
    strengths: Float32  # (width,) of each column, 0 for those that are not solved


@compiled
def _add_outer_products(matrix: Float32, rows: Float32, shape: Shape) -> None:
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
def _eliminate(matrix: Float32, pivots: Float32, shape: Shape) -> None:
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
    inverse: Float32, pivots: Float32, right: Float32, out: Float32, shape: Shape
) -> None:
    """out[0] = (L D L')^-1 right[0], given L^-1 and 1 / D; right and out are (1, n)."""
    wanted = load(right, 0, shape)
    solution = splat(np.float32(0.0), shape)
    for i in range(inverse.shape[0]):
        line = load(inverse, i, shape)
        solution = add_scaled(solution, pivots[i] * dot(line, wanted), line)
    store(out, 0, solution)


@compiled
def _diagonal(inverse: Float32, pivots: Float32, out: Float32, shape: Shape) -> None:
    """out[0] = diagonal of (L D L')^-1."""
    zero = splat(np.float32(0.0), shape)
    total = zero
    for i in range(inverse.shape[0]):
        line = load(inverse, i, shape)
        total = add_product(total, line, add_scaled(zero, pivots[i], line))
    store(out, 0, total)


@part_of_kernel
def _assemble(
    r: int,
    own: SideArrays,
    other: SideArrays,
    weights: Float32,
    model: Model,
    work: Workspace,
    shape: Shape,
) -> float:
    """A and the right side of row r, into `work`; returns the expected squared error of its prior.

    That is sum_i v_i (r_ui - mu - b_i - <h_i, g_i>)^2 + v_i <h_i^2, C_i>.
    """
    # Into locals first: in a loop, reading a field costs a reference count.
    matrix, rows = work.matrix, work.rows
    indices, stars, mean = own.indices, own.stars, model.global_mean
    other_rows, other_bias, other_weight = other.rows, other.bias_column, other.weight
    other_implicit, other_variance = other.implicit, other.variance
    zero = splat(np.float32(0.0), shape)
    for a in range(matrix.shape[0]):
        store(matrix, a, zero)
    right, ridge, squares, total = zero, zero, zero, 0.0
    w_r, filled = own.weight[r], 0
    prior, implicit = load(own.prior, r, shape), load(own.implicit, r, shape)
    for n in range(own.starts[r], own.starts[r + 1]):
        j = indices[n]
        h = add_scaled(prior, -w_r, load(other_implicit, j, shape))
        g = add_scaled(load(other_rows, j, shape), -other_weight[j], implicit)
        g = with_column(g, 1, 0.0) if own.bias_column == 0 else with_column(g, 0, 0.0)
        target = stars[n] - mean - other_rows[j, other_bias] - dot(h, g)
        variance = load(other_variance, j, shape)
        v = weights[n] if weights.size else np.float32(1.0)
        doubt = add_scaled(zero, v, times(variance, h))
        right = subtract(add_scaled(right, v * target, g), doubt)
        squares = add_product(squares, doubt, h)
        total += v * target * target
        ridge = add_scaled(ridge, v, variance)
        store(rows, filled, add_scaled(zero, np.sqrt(v), g))
        filled += 1
        if filled == ROWS_AT_ONCE:
            _add_outer_products(matrix, rows, shape)
            filled = 0
    if filled:
        for k in range(filled, ROWS_AT_ONCE):
            store(rows, k, zero)
        _add_outer_products(matrix, rows, shape)
    store(work.right, 0, add_scaled(zero, 1.0 / model.noise, right))
    store(work.ridge, 0, add_scaled(zero, 1.0 / model.noise, ridge))
    for a in range(matrix.shape[0]):
        store(matrix, a, add_scaled(zero, 1.0 / model.noise, load(matrix, a, shape)))
        strength = model.strengths[a] if model.strengths[a] > 0 else 1.0
        matrix[a, a] += work.ridge[0, a] + strength
    return float(total + dot(squares, splat(np.float32(1.0), shape)))


@part_of_kernel
def _factor_and_solve(work: Workspace, shape: Shape) -> None:
    """A^-1 times the right side, and the diagonal of A^-1, into `work`."""
    _eliminate(work.matrix, work.pivots, shape)
    _substitute(work.matrix, work.pivots, work.right, work.solution, shape)
    _diagonal(work.matrix, work.pivots, work.variance, shape)


@part_of_kernel
def _write_back(r: int, own: SideArrays, model: Model, work: Workspace) -> None:
    """Row r = its prior + the solution, with its variance."""
    bias_column = own.bias_column
    own.rows[r, bias_column] = own.prior[r, bias_column] + work.solution[0, bias_column]
    own.variance[r, 0] = own.variance[r, 1] = np.float32(0.0)
    for d in range(2, own.rows.shape[1]):
        own.rows[r, d] = own.prior[r, d] + work.solution[0, d]
        own.variance[r, d] = work.variance[0, d] if model.strengths[d] > 0 else 0.0


@part_of_kernel
def _add_squares(model: Model, work: Workspace, squares: Float64) -> float:
    """Adds the row just solved to `squares`; returns by how much its squared error fell.

    With d the solution and S the strengths, what the prior left falls by s2 (d' right + d' S d);
    the doubt about d puts s2 tr(A^-1 (A - S)) on top. Neither takes another look at the ratings.
    """
    solution, variance, right = work.solution, work.variance, work.right
    fallen = 0.0
    for d in range(squares.size):
        strength = model.strengths[d]
        if strength > 0:
            square = solution[0, d] * solution[0, d]
            squares[d] += square + variance[0, d]
            fallen += solution[0, d] * right[0, d] + strength * square
            fallen -= 1.0 - strength * variance[0, d]
    return model.noise * fallen


@compiled
def solve_rows(
    first: int,
    last: int,
    own: SideArrays,
    other: SideArrays,
    weights: Float32,
    model: Model,
    work: Workspace,
    squares: Float64,
    shape: Shape,
) -> float:
    """Closed-form rows first .. last - 1 of one side, the other side fixed.

    weights: (n_ratings,) v, or (0,) where all are one.

    Writes own.rows and own.variance. Adds to squares, (width,), the sum over rows with ratings of
    (difference to the prior)^2 + variance; returns their expected squared error.
    """
    total = 0.0
    for r in range(first, last):
        if own.starts[r] < own.starts[r + 1]:
            total += _assemble(r, own, other, weights, model, work, shape)
            _factor_and_solve(work, shape)
            _write_back(r, own, model, work)
            total -= _add_squares(model, work, squares)
        else:
            for d in range(own.rows.shape[1]):
                if model.strengths[d] > 0:
                    own.rows[r, d] = own.prior[r, d]
                    own.variance[r, d] = 1.0 / model.strengths[d] if d > 1 else 0.0
    return total


@compiled
def solve_interest(
    users: Int64,
    rated: Targets,
    weights: Float32,
    item_rows: Float32,
    base: Float32,
    out: Float32,
    neutral: Float32,
    work: Workspace,
    shape: Shape,
) -> None:
    """Rows d and e of the interest block for each of `users`.

    d[u] = (base + sum_i v_ui f_i f_i')^-1 sum_i v_ui t_ui f_i, into out; e the same for t = 1, into
    neutral; both (n_users, width), 0 without ratings. weights: (n_ratings,) v; item_rows: (n_items,
    width) f; base: (width, width).
    """
    starts, items, targets = rated
    matrix, rows = work.matrix, work.rows
    zero = splat(np.float32(0.0), shape)
    for u in users:
        right, plain = zero, zero
        if starts[u] == starts[u + 1]:
            store(out, u, zero)
            store(neutral, u, zero)
            continue
        for a in range(matrix.shape[0]):  # an array expression takes seconds to compile
            store(matrix, a, load(base, a, shape))
        for start in range(starts[u], starts[u + 1], ROWS_AT_ONCE):
            for k in range(ROWS_AT_ONCE):
                n = start + k
                if n < starts[u + 1]:
                    root = np.sqrt(weights[n])
                    item = add_scaled(zero, root, load(item_rows, items[n], shape))
                    right = add_scaled(right, root * targets[n], item)
                    plain = add_scaled(plain, root, item)
                    store(rows, k, item)
                else:
                    store(rows, k, zero)
            _add_outer_products(matrix, rows, shape)
        _eliminate(matrix, work.pivots, shape)
        store(work.right, 0, right)
        _substitute(matrix, work.pivots, work.right, work.solution, shape)
        store(out, u, load(work.solution, 0, shape))
        store(work.right, 0, plain)
        _substitute(matrix, work.pivots, work.right, work.solution, shape)
        store(neutral, u, load(work.solution, 0, shape))
