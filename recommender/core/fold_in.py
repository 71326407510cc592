"""Fold-in: the closed-form vectors of one user, given the items and that user's ratings.

Each rating has a weight v_i that falls with its age, one kind for each block (`recency`).

**Stars.** With g_i = vectors_i - w_i x_u for ratings that were in the fit (the item must not carry
the user's own part), else vectors_i; C_i the item's variance; G = [1, g]. The mean user (b, m) has
the share t = a / (n + a) after n ratings (a: mean_person_weight), so that the first few ratings
move a prediction and do not make it:

    z     = (1 - t) n^-1/2 sum_j y_j + t m        h_i = z - (1 - t) n^-1/2 y_i

    A     = (1/s2) sum_i v_i (G_i G_i' + diag[0, C_i]) + diag(strengths)
    d     = A^-1 (1/s2) sum_i v_i [ (r_i - mu - b_i - b - <h_i, g_i>) G_i - [0, C_i h_i] ]
    b_u   = b + d_0        u = z + d

The strengths are constants of the model, not multiplied with n.

**Interest**, after Hu, Koren & Volinsky 2008. While ratings are few, f = 1 - n / until > 0, what is
solved for is the *deviation* d from what the mean user's interest m would have done, and m keeps a
fixed share of the score's spread. Mixing the two as vectors would give everybody the mean user's
list, for the vector of a few ratings is tiny:

    t_i = clip(1 + slope (r_i - mean), -1, 2) - f expected <m, f_i>
    A   = a F'F + sum_i v_i f_i f_i' + ridge I
    d   = A^-1 sum_i v_i t_i f_i        e = A^-1 sum_i v_i f_i
    w   = share n^power rms(m) / max(sd(d), sd(e))
    x   = (f + (1 - f) / w) (f m + w d)

with slope = user_slope + f new_slope, sd(v) = (v' Cov(F) v)^1/2 and rms(m) = (m' F'F m / N)^1/2:
where m likes all items alike, its sd would be noise. e is what the same ratings would give with all
stars equal: measured against it, a neutral rating hardly moves the list. The first factor of x
leaves the list alone; it takes the scale from that of m (f = 1) to that of d (f = 0, x = d), so
that x . f_i stays about the chance that the user picks i.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from recommender.core.factors import ItemFactors, StarsSolution, UserVector
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.ratings import Float64
from recommender.core.recency import rating_ages, recency_weights

MEAN_STARS_PRIOR = 5.0  # pretend ratings at the global mean behind every user's mean
_LOWEST_TARGET, _HIGHEST_TARGET = -1.0, 2.0


def solve_stars(
    items: ItemFactors,
    item_index: Any,
    stars: Any,
    in_fit: Any = None,
    user_implicit: Any = None,
    weights: Float64 | None = None,
) -> StarsSolution:
    """The rating block for one user with at least one rating; arguments as for `fold_in`.

    weights: (n,) from `stars_weights`; None for ratings in the order they were given. The
    arithmetic is in float64.
    """
    index = np.asarray(item_index, np.int64)
    n, k = index.size, items.vectors.shape[1]
    rows = np.ones((n, 1 + k))
    factors = rows[:, 1:]
    factors[:] = items.vectors[index]
    if in_fit is not None and user_implicit is not None:
        own = items.weight[index] * np.asarray(in_fit, np.float64)
        factors -= own[:, None] * np.asarray(user_implicit, np.float64)
    others = items.implicit[index].astype(np.float64)  # y_i, and from the next lines on h_i
    mean_share = rating_mean_share(items, n)
    share = (1.0 - mean_share) / np.sqrt(n)
    typical = np.append(
        items.mean_user_bias, mean_share * items.mean_user_vector.astype(np.float64)
    )
    prior = share * others.sum(axis=0) + typical[1:]
    others *= -share
    others += prior
    if weights is None:
        weights = stars_weights(items.hyperparameters, rating_ages(None, n), n)
    variance = items.variance[index].astype(np.float64)
    target = np.asarray(stars, np.float64) - items.global_mean - items.bias[index] - typical[0]
    target -= np.einsum("nd,nd->n", others, factors)
    right = target[:, None] * rows
    others *= variance
    right[:, 1:] -= others
    right *= weights[:, None] / items.noise
    matrix = (weights[:, None] * rows).T @ rows / items.noise
    ridge = np.append(items.user_bias_strength, np.full(k, items.user_strength))
    ridge[1:] += weights @ variance / items.noise
    matrix[np.diag_indices(k + 1)] += ridge
    return StarsSolution(rows, right, matrix, typical, prior, float(share), weights)


def rating_mean_share(items: ItemFactors, n: int) -> float:
    """The mean user's share in a user's rating factors after n ratings."""
    weight = items.hyperparameters.mean_person_weight
    return float(weight / (n + weight)) if n + weight else 1.0


def own_mean(items: ItemFactors, stars: Any) -> float:
    """A user's mean stars, with `MEAN_STARS_PRIOR` pretend ratings at the global mean."""
    total = float(np.sum(stars, dtype=np.float64)) + MEAN_STARS_PRIOR * items.global_mean
    return total / (np.size(stars) + MEAN_STARS_PRIOR)


def star_targets(likes: Any, slope: Any) -> Any:
    """t_i of the interest block, for ratings of `likes` stars above the user's own mean."""
    return np.clip(1.0 + slope * likes, _LOWEST_TARGET, _HIGHEST_TARGET)


def stars_weights(p: Hyperparameters, ages: Float64, n: Any) -> Float64:
    """(n,) v_i in the rating block; n: ratings of the user, or of each rating's user.

    The newest rating of a user with a single one weighs 1, not p.stars_newest: the first few are
    no fair sample, and believing them twice costs .005 to .01 of RMSE.
    """
    weights = recency_weights(ages, p.stars_newest, p.stars_oldest, p.recency_steps)
    return np.asarray(weights * p.stars_newest ** -newness(p, n))


def interest_weights(p: Hyperparameters, ages: Float64) -> Float64:
    """(n,) v_i in the interest block."""
    return recency_weights(ages, p.interest_newest, p.interest_oldest, p.recency_steps)


def newness(p: Hyperparameters, n: Any) -> Any:
    """f, from 1 without ratings to 0 for a user who is not new any more; n: one count or many."""
    return np.maximum(0.0, 1.0 - n / max(p.new_user_until, 1))


class Favourites(NamedTuple):
    """Items a user named without stars; each counts `weight` times, at the highest target."""

    item_index: Any
    weight: float


def solve_interest(
    items: ItemFactors,
    item_index: Any,
    stars: Any,
    times: Any = None,
    *,
    typical: Any = None,
    favourites: Favourites | None = None,
) -> Float64:
    """(k2,) x for one user, with a rating or a favourite or without; arguments as for `fold_in`.

    typical: (k2,) m; the mean user's when None.
    """
    p = items.hyperparameters
    values = np.asarray(stars, np.float64)
    n = float(values.size)
    rows = items.interest[np.asarray(item_index, np.int64)].astype(np.float64)
    weights = interest_weights(p, rating_ages(times, values.size))
    likes = values - own_mean(items, values)
    named = np.empty((0, rows.shape[1]))
    if favourites is not None:
        named = items.interest[np.asarray(favourites.item_index, np.int64)].astype(np.float64)
        n += favourites.weight * len(named)
        rows = np.concatenate([rows, named])
        weights = np.concatenate([weights, np.full(len(named), favourites.weight)])
    new = float(newness(p, n))
    targets = np.full(len(rows), _HIGHEST_TARGET)
    slope = p.interest_user_slope + new * p.new_user_slope
    targets[: values.size] = star_targets(likes, slope)
    m = np.asarray(items.mean_interest if typical is None else typical, np.float64)
    targets -= new * p.new_user_expected * (rows @ m)
    weighted = weights[:, None] * rows
    matrix = p.interest_unrated_weight * items.interest_gram + weighted.T @ rows
    matrix[np.diag_indices(matrix.shape[0])] += p.interest_user_ridge
    right = np.stack([weighted.T @ targets, weighted.sum(axis=0)], axis=1)
    deviation, neutral = np.linalg.solve(matrix, right).T
    covariance, n_rated = items.interest_covariance, int(np.count_nonzero(items.is_rated))
    level = standard_deviation(m, items.interest_gram) / max(n_rated, 1) ** 0.5
    return mix_interest(p, n, deviation, neutral, m, float(level), covariance)


def mix_interest(
    p: Hyperparameters,
    n: Any,
    deviation: Any,
    neutral: Any,
    typical: Any,
    level: float,
    covariance: Float64,
) -> Float64:
    """(..., k2) x from d, e and m, for one user or for many: n (...,), d and e (..., k2).

    level: rms(m).
    """
    new = np.asarray(newness(p, n))[..., None]
    spread = np.maximum(
        standard_deviation(deviation, covariance), standard_deviation(neutral, covariance)
    )
    own = p.new_user_share * np.asarray(n, np.float64) ** p.new_user_power
    own = (own * level / spread)[..., None]
    scale = new + (1.0 - new) / np.maximum(own, 1e-12)
    return np.asarray(scale * (new * np.asarray(typical, np.float64) + own * deviation), np.float64)


def standard_deviation(vectors: Any, covariance: Float64) -> Float64:
    """(...,) of the dot product of each vector with the items: (v' Cov v)^1/2."""
    variance = np.einsum("...l,...l->...", vectors @ covariance, vectors)
    return np.asarray(np.sqrt(np.maximum(variance, 1e-18)))


def fold_in(
    items: ItemFactors,
    item_index: Any,
    stars: Any,
    *,
    times: Any = None,
    in_fit: Any = None,
    user_implicit: Any = None,
) -> UserVector:
    """The vectors of a user who gave `stars` to the items at `item_index`, both (n,).

    times: (n,) seconds at which; None for ratings in the order they were given, oldest first.
    in_fit: (n,) which of these ratings were in the fit, with user_implicit the user's stored x_u,
    (k,); leave both out for a user the fit did not see. No ratings give the mean user.

    >>> user = fold_in(factors.items, item_index=[0, 1], stars=[5.0, 1.0])
    >>> user.n_ratings, user.vector.shape
    (2, (2,))
    """
    index = np.asarray(item_index, np.int64)
    if not index.size:
        return UserVector.mean_of(items)
    weights = stars_weights(items.hyperparameters, rating_ages(times, index.size), index.size)
    solution = solve_stars(items, index, stars, in_fit, user_implicit, weights)
    return UserVector(
        bias=float(np.float32(solution.mean_user[0] + solution.theta[0])),
        vector=(solution.prior + solution.theta[1:]).astype(np.float32),
        interest=solve_interest(items, index, stars, times).astype(np.float32),
        n_ratings=int(index.size),
        solution=solution,
    )
