"""Why a prediction is what it is: an exact sum over the user's own ratings.

The user's vector is linear in what each rating brings (see `fold_in`), so

    r_t = mu + b_t + b_u + prior + sum_j ( implicit_j + value_j )

    prior      = t <m, q_t>                          the mean user's share in the factors
    implicit_j = (1 - t) n^-1/2 <y_j, q_t>   through having rated j at all
    value_j    = <(A^-1 right_j)[1:], q_t>   through the stars given to j
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.explain.leave_one_out import predictions_without_each
from recommender.core.explain.user_ratings import UserRatings
from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float64, Int64


@dataclass(frozen=True)
class Explanation:
    """The parts of one predicted rating; they sum to `prediction`.

    >>> why = explain(factors.items, UserRatings([0, 1], [5.0, 1.0]), target_index=2)
    >>> parts = why.global_mean + why.item_bias + why.user_bias + why.prior
    >>> bool(np.isclose(parts + why.contributions.sum(), why.prediction))
    True
    """

    target_index: int
    prediction: float  # stars, not clipped
    global_mean: float
    item_bias: float
    user_bias: float
    prior: float  # share of the mean user, fading with every rating
    item_index: Int64  # (n,) the user's ratings, as they were given
    value: Float64  # (n,) share of each through its stars
    implicit: Float64  # (n,) share of each through having been rated
    # (n,) the prediction had this one rating not been given; NaN where nobody asked
    prediction_without: Float64

    @property
    def contributions(self) -> Float64:
        """(n,) share of each own rating."""
        return self.value + self.implicit


def explain(
    items: ItemFactors, ratings: UserRatings, target_index: int, without: int | None = None
) -> Explanation:
    """Take the predicted stars of the item at target_index apart.

    without: `prediction_without` of so many ratings, those with the largest shares, and NaN for
    the others; of all when None.

    >>> why = explain(factors.items, UserRatings([0, 1], [5.0, 1.0]), target_index=2)
    >>> why.contributions > 0
    array([ True,  True])
    >>> why.prediction_without.shape
    (2,)
    """
    index = np.asarray(ratings.item_index, np.int64)
    target = items.vectors[target_index].astype(np.float64)
    base = items.global_mean + float(items.bias[target_index])
    empty = np.empty(0)
    if not index.size:
        prior = float(items.mean_user_vector @ target)
        total = base + items.mean_user_bias + prior
        return Explanation(
            int(target_index), total, items.global_mean, float(items.bias[target_index]),
            items.mean_user_bias, prior, index, empty, empty, empty,
        )  # fmt: skip
    ratings = ratings.solved(items)
    solution = ratings.solve(items)
    value = solution.right @ (solution.covariance[:, 1:] @ target)
    implicit = solution.share * (items.implicit[index].astype(np.float64) @ target)
    places = np.argsort(-np.abs(value + implicit), kind="stable")[:without]
    instead = np.full(index.size, np.nan)
    instead[places] = predictions_without_each(items, ratings, [int(target_index)], places)[:, 0]
    user_bias = float(solution.mean_user[0] + solution.theta[0])
    prior = float(solution.mean_user[1:] @ target)
    return Explanation(
        target_index=int(target_index),
        prediction=base + user_bias + prior + float(value.sum() + implicit.sum()),
        global_mean=items.global_mean,
        item_bias=float(items.bias[target_index]),
        user_bias=user_bias,
        prior=prior,
        item_index=index,
        value=value,
        implicit=implicit,
        prediction_without=instead,
    )


def contributions(items: ItemFactors, ratings: UserRatings, target_index: Any) -> Float64:
    """(n, m) the share of each own rating in the predicted stars of each item at target_index.

    Column by column what `explain` calls contributions.

    >>> contributions(factors.items, UserRatings([0, 1], [5.0, 1.0]), target_index=[2, 3]) > 0
    array([[ True, False],
           [ True, False]])
    """
    index = np.asarray(ratings.item_index, np.int64)
    targets = items.vectors[np.asarray(target_index, np.int64)].astype(np.float64)
    if not index.size:
        return np.empty((0, len(targets)))
    solution = ratings.solve(items)
    value = solution.right @ (solution.covariance[:, 1:] @ targets.T)
    implicit = items.implicit[index].astype(np.float64) @ targets.T
    return np.asarray(value + solution.share * implicit)
