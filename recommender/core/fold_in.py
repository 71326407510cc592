"""Fold-in: the closed-form vectors of one user, given the items and that user's ratings.

With g_i = vectors_i - w_i x_u for ratings that were in the fit (the item must not carry the
user's own part), else vectors_i; C_i the item's variance; G = [1, g]. The mean user (b, m) has
the share t = a / (n + a) after n ratings (a: mean_person_weight), so that the first few ratings
move a prediction and do not make it:

    z     = (1 - t) n^-1/2 sum_j y_j + t m        h_i = z - (1 - t) n^-1/2 y_i

    A     = (1/s2) sum_i (G_i G_i' + diag[0, C_i]) + diag(strengths)
    d     = A^-1 (1/s2) sum_i [ (r_i - mu - b_i - b - <h_i, g_i>) G_i - [0, C_i h_i] ]
    b_u   = b + d_0        u = z + d

The strengths are constants of the model, not multiplied with n. Interest:

    (a F'F + sum_i f_i f_i' + ridge I) x = sum_i clip(1 + slope (r_i - m), -1, 2) f_i

after Hu, Koren & Volinsky 2008, mixed with the mean user's vector while n is small.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.core.factors import ItemFactors, StarsSolution, UserVector
from recommender.core.ratings import Float64

MEAN_STARS_PRIOR = 5.0  # pretend ratings at the global mean behind every user's mean
_HIGHEST_TARGET = 2.0


def solve_stars(
    items: ItemFactors,
    item_index: Any,
    stars: Any,
    in_fit: Any = None,
    user_implicit: Any = None,
) -> StarsSolution:
    """The rating block for one user with at least one rating; arguments as for `fold_in`.

    The arithmetic is in float64.
    """
    index = np.asarray(item_index, np.int64)
    n, k = index.size, items.vectors.shape[1]
    factors = items.vectors[index].astype(np.float64)
    if in_fit is not None and user_implicit is not None:
        own = items.weight[index] * np.asarray(in_fit, np.float64)
        factors -= own[:, None] * np.asarray(user_implicit, np.float64)
    implicit = items.implicit[index].astype(np.float64)
    mean_share = rating_mean_share(items, n)
    share = (1.0 - mean_share) / np.sqrt(n)
    typical = np.append(
        items.mean_user_bias, mean_share * items.mean_user_vector.astype(np.float64)
    )
    prior = share * implicit.sum(axis=0) + typical[1:]
    others = prior - share * implicit
    variance = items.variance[index].astype(np.float64)
    rows = np.concatenate([np.ones((n, 1)), factors], axis=1)
    target = np.asarray(stars, np.float64) - items.global_mean - items.bias[index] - typical[0]
    target -= np.einsum("nd,nd->n", others, factors)
    right = target[:, None] * rows
    right[:, 1:] -= variance * others
    matrix = rows.T @ rows / items.noise
    ridge = np.append(items.user_bias_strength, np.full(k, items.user_strength))
    ridge[1:] += variance.sum(axis=0) / items.noise
    matrix[np.diag_indices(k + 1)] += ridge
    return StarsSolution(rows, right / items.noise, matrix, typical, prior, float(share))


def rating_mean_share(items: ItemFactors, n: int) -> float:
    """The mean user's share in a user's rating factors after n ratings."""
    weight = items.hyperparameters.mean_person_weight
    return float(weight / (n + weight)) if n + weight else 1.0


def solve_interest(
    items: ItemFactors, item_index: Any, stars: Any, favourites: Any = (), weight: float = 1.0
) -> Float64:
    """(k2,) the interest block for one user, before the mean is mixed in.

    favourites: items named without stars; each counts `weight` times, at the highest target.
    """
    p = items.hyperparameters
    values = np.asarray(stars, np.float64)
    mean = (values.sum() + MEAN_STARS_PRIOR * items.global_mean) / (values.size + MEAN_STARS_PRIOR)
    targets = np.clip(1.0 + p.interest_user_slope * (values - mean), -1.0, _HIGHEST_TARGET)
    rows = items.interest[np.asarray(item_index, np.int64)].astype(np.float64)
    named = items.interest[np.asarray(favourites, np.int64)].astype(np.float64)
    matrix = p.interest_unrated_weight * items.interest_gram + rows.T @ rows
    matrix += weight * (named.T @ named)
    matrix[np.diag_indices(matrix.shape[0])] += p.interest_user_ridge
    right = rows.T @ targets + weight * _HIGHEST_TARGET * named.sum(axis=0)
    return np.asarray(np.linalg.solve(matrix, right))


def interest_mean_share(items: ItemFactors, n: Any) -> Any:
    """The mean user's share in an interest vector after n ratings: m / (n + m), m fading out.

    Without it the list after a few first ratings is worse than plain popularity.
    """
    p = items.hyperparameters
    weight = p.interest_mean_weight * np.maximum(0.0, 1.0 - n / max(p.interest_mean_until, 1))
    return weight / np.maximum(n + weight, 1e-12)


def fold_in(
    items: ItemFactors,
    item_index: Any,
    stars: Any,
    *,
    in_fit: Any = None,
    user_implicit: Any = None,
) -> UserVector:
    """The vectors of a user who gave `stars` to the items at `item_index`, both (n,).

    in_fit: (n,) which of these ratings were in the fit, with user_implicit the user's stored x_u,
    (k,); leave both out for a user the fit did not see. No ratings give the mean user.

    >>> user = fold_in(factors.items, item_index=[0, 1], stars=[5.0, 1.0])
    >>> user.n_ratings, user.vector.shape
    (2, (2,))
    """
    index = np.asarray(item_index, np.int64)
    if not index.size:
        return UserVector.mean_of(items)
    solution = solve_stars(items, index, stars, in_fit, user_implicit)
    share = float(interest_mean_share(items, index.size))
    interest = (1.0 - share) * solve_interest(items, index, stars) + share * items.mean_interest
    return UserVector(
        bias=float(np.float32(solution.mean_user[0] + solution.theta[0])),
        vector=(solution.prior + solution.theta[1:]).astype(np.float32),
        interest=interest.astype(np.float32),
        n_ratings=int(index.size),
        solution=solution,
    )
