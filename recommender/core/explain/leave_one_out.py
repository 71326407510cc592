"""A prediction without each of a user's ratings in turn, exact, without solving n times.

Leaving rating j out changes everything: the weight n^-1/2 of the implicit part, the implicit part
that every other rating is measured around, and the matrix. Still, with S = sum of y, c =
(1 - t) (n - 1)^-1/2 and G_i, C_i, t_i as in `fold_in` (t_i before the implicit part is taken off):

    b, t m as in `fold_in`, for n - 1 ratings:

    A_j     = A - v_j (G_j G_j' + diag[0, C_j]) / s2
    right_j = (1/s2) sum_{i != j} v_i [ (t_i - <h_ij, g_i>) G_i - [0, C_i h_ij] ]
    h_ij    = c (S - y_i - y_j) + t m
    r_j     = mu + b_t + b + <A_j^-1 right_j, [1, q]> + <c (S - y_j) + t m, q>

The weights v_i of the others stay as they are. All right sides come from a few sums. The outer
product in A_j is undone by Sherman & Morrison 1950; the diagonal rest, at most v_j C_j / s2 beside
a strength that is many times as large, by repeated correction: x <- B_j^-1 (right + D_j x), whose
error shrinks by |D_j| / strength each time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.core.explain.user_ratings import RatingSums, UserRatings
from recommender.core.factors import ItemFactors, StarsSolution
from recommender.core.ratings import Float64

_MOST_CORRECTIONS = 60
_CLOSE = 1e-11  # stars


def predictions_without_each(
    items: ItemFactors, ratings: UserRatings, target_index: Any, places: Any = None
) -> Float64:
    """(n, m) the stars of each item at target_index had the rating of each place not been given.

    places: which of the ratings to take out, one row for each; all when None.
    """
    index = np.asarray(target_index, np.int64)
    people = _people_without_each(items, ratings, places)
    base = items.global_mean + items.bias[index].astype(np.float64)
    stars = base + people[:, :1] + people[:, 1:] @ items.vectors[index].astype(np.float64).T
    return np.asarray(stars, np.float64)


def own_predictions_without_each(items: ItemFactors, ratings: UserRatings) -> Float64:
    """(n,) the stars of each rated item itself had it not been rated: what was to be expected.

    The item carries no part of this user either: G of the solution is without it.
    """
    ratings = ratings.solved(items)
    people = _people_without_each(items, ratings)
    base = items.global_mean + items.bias[ratings.item_index].astype(np.float64)
    return np.asarray(base + np.einsum("nd,nd->n", people, ratings.solve(items).rows), np.float64)


def _people_without_each(items: ItemFactors, ratings: UserRatings, places: Any = None) -> Float64:
    """(m, 1 + k) the user's bias and vector without each of the ratings at `places` in turn."""
    n = len(ratings)
    out = np.arange(n) if places is None else np.asarray(places, np.int64)
    if n == 1 or not out.size:
        mean_person = np.append(items.mean_user_bias, items.mean_user_vector).astype(np.float64)
        return mean_person[None, :].repeat(out.size, axis=0)
    ratings = ratings.solved(items)
    solution, sums = ratings.solve(items), ratings.sums(items)
    index = np.asarray(ratings.item_index, np.int64)[out]
    implicit = items.implicit[index].astype(np.float64)
    weights = solution.weights[out, None]
    variance = weights * items.variance[index].astype(np.float64)
    right = _right_sides(
        sums, ratings.targets(items, out), solution.rows[out], weights, variance, implicit
    )
    answers = _solve_each(
        solution,
        np.sqrt(weights / items.noise) * solution.rows[out],
        right / items.noise,
        np.pad(variance / items.noise, ((0, 0), (1, 0))),
    )
    answers[:, 0] += items.mean_user_bias
    answers[:, 1:] += sums.share * (sums.implicit - implicit) + sums.typical
    return answers


def _right_sides(
    sums: RatingSums,
    targets: Float64,
    rows: Float64,
    weights: Float64,
    variance: Float64,
    implicit: Float64,
) -> Float64:
    """(m, 1 + k) the right side without each of m ratings, before the division by the noise.

    weights: (m, 1) v_j. variance: (m, k) v_j C_j. implicit: (m, k) y_j.
    """
    factors = rows[:, 1:]
    others = sums.share * (sums.implicit - implicit) + sums.typical
    own = weights * (targets - np.einsum("nd,nd->n", others, factors))[:, None] * rows
    own[:, 1:] -= variance * others
    # What y_j no longer takes off the others.
    given_back = implicit @ sums.gram
    given_back -= weights * np.einsum("nd,nd->n", implicit, factors)[:, None] * rows
    given_back[:, 1:] += (sums.variance - variance) * implicit
    return np.asarray(sums.right - own + sums.share * given_back, np.float64)


def _solve_each(
    solution: StarsSolution, rows: Float64, right: Float64, diagonal: Float64
) -> Float64:
    """(m, 1 + k) A_j^-1 right_j for all j at once; rows: (v_j / s2)^1/2 G_j."""
    covariance = solution.covariance
    spread = rows @ covariance
    left = 1.0 - np.einsum("nd,nd->n", spread, rows)

    def undo_outer(values: Float64) -> Float64:
        plain = values @ covariance
        along = np.einsum("nd,nd->n", plain, rows) / left
        return np.asarray(plain + along[:, None] * spread, np.float64)

    found = undo_outer(right)
    for _ in range(_MOST_CORRECTIONS):
        better = undo_outer(right + diagonal * found)
        moved = float(np.abs(better - found).max())
        found = better
        if moved < _CLOSE:
            return found
    return _solve_one_by_one(solution, rows, right, diagonal)


def _solve_one_by_one(
    solution: StarsSolution, rows: Float64, right: Float64, diagonal: Float64
) -> Float64:
    """The same by m solutions, for strengths too weak for the corrections to close in."""
    return np.stack(
        [
            np.linalg.solve(solution.matrix - np.outer(row, row) - np.diag(own), side)
            for row, own, side in zip(rows, diagonal, right, strict=True)
        ]
    )
