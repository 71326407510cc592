"""Prediction intervals: how wide the interval is that holds 80 % of ratings.

    (half width)^2 = w . [ e_u, G' A^-1 G, u' C_i u + tr(A^-1 C_i), 1/(n_u + 5), 1/(n_i + 2) ]

e_u is how far this user's own ratings lie from what the others of them predict (squared, each
left out in turn, pulled towards the typical user by 20 pretend ratings); the next two are the
posterior of the user's and of the item's vector, from the solution that predicts (G = [1, q_i],
A and C_i as in `fold_in`); the last two catch what a posterior around fixed factors cannot know.
The raw posterior alone is too wide for heavy users and too narrow for light ones, so the weights w
are learned from held-out ratings at every fit: see `calibration`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.explain.user_ratings import UserRatings
from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float64

# The middle 80 % of a normal distribution end this many standard deviations from its mean.
Z_80 = 1.2816
_TYPICAL_RATINGS = 20.0
_SMALLEST = 0.01  # stars squared


@dataclass(frozen=True)
class UserUncertainty:
    """What the solution of one user says, and how far it may be wrong."""

    bias: float
    vector: Float64  # (k,)
    covariance: Float64  # (1 + k, 1 + k) of [bias, vector]
    n_ratings: int
    squared_errors: float  # sum over the own ratings, each predicted from the others

    @classmethod
    def of_ratings(cls, items: ItemFactors, ratings: UserRatings) -> UserUncertainty:
        return cls._of_solution(items, ratings) if len(ratings) else cls._of_new_user(items)

    @classmethod
    def _of_new_user(cls, items: ItemFactors) -> UserUncertainty:
        k = items.vectors.shape[1]
        strengths = np.append(items.user_bias_strength, np.full(k, items.user_strength))
        vector = items.mean_user_vector.astype(np.float64)
        return cls(items.mean_user_bias, vector, np.diag(1.0 / strengths), 0, 0.0)

    @classmethod
    def _of_solution(cls, items: ItemFactors, ratings: UserRatings) -> UserUncertainty:
        solution, item_index = ratings.solve(items), np.asarray(ratings.item_index, np.int64)
        theta = solution.theta
        factors = solution.rows[:, 1:]
        others = solution.prior - solution.share * items.implicit[item_index].astype(np.float64)
        error = np.asarray(ratings.stars, np.float64) - items.global_mean - items.bias[item_index]
        error -= solution.mean_user[0]
        error -= np.einsum("nd,nd->n", others, factors) + solution.rows @ theta
        # Leaving a rating out of a ridge regression divides its error by 1 - leverage.
        projected = solution.rows @ solution.covariance
        leverage = np.einsum("nd,nd->n", projected, solution.rows)
        leverage *= solution.weights / items.noise
        left_out = error / np.maximum(1.0 - leverage, 0.05)
        return cls(
            bias=float(solution.mean_user[0] + theta[0]),
            vector=solution.prior + theta[1:],
            covariance=solution.covariance,
            n_ratings=int(error.size),
            squared_errors=float(left_out @ left_out),
        )


def uncertainty_terms(
    items: ItemFactors, user: UserUncertainty, target_index: Any, typical_error: float
) -> Float64:
    """(m, 5) the terms that `IntervalWeights` weighs, one row for each item at target_index."""
    index = np.asarray(target_index, np.int64)
    factors = items.vectors[index].astype(np.float64)
    rows = np.column_stack([np.ones(index.size), factors])
    variance = items.variance[index].astype(np.float64)
    known = _TYPICAL_RATINGS * typical_error + user.squared_errors
    return np.column_stack(
        [
            np.full(index.size, known / (_TYPICAL_RATINGS + user.n_ratings)),
            np.einsum("md,md->m", rows @ user.covariance, rows),
            variance @ (user.vector**2 + np.diag(user.covariance)[1:]),
            np.full(index.size, 1.0 / (user.n_ratings + 5.0)),
            1.0 / (items.n_ratings[index] + 2.0),
        ]
    )


def half_width(items: ItemFactors, user: UserUncertainty, target_index: Any) -> Float64:
    """(m,) half the width of the 80 % interval around each prediction, in stars."""
    weights = items.interval_weights
    terms = uncertainty_terms(items, user, target_index, weights.typical_error)
    return np.asarray(np.sqrt(np.maximum(terms @ weights.as_array(), _SMALLEST)))


def prediction_std(items: ItemFactors, ratings: UserRatings, target_index: Any) -> Float64:
    """(m,) standard deviation of a rating around its prediction, for the items at target_index.

    The 80 % interval is the prediction +- Z_80 times this.

    >>> known = prediction_std(factors.items, UserRatings([0, 1], [5.0, 1.0]), target_index=[2])
    >>> bool(known < prediction_std(factors.items, UserRatings([], []), target_index=[2]))
    True
    """
    user = UserUncertainty.of_ratings(items, ratings)
    return half_width(items, user, target_index) / Z_80
