"""Stochastic gradient descent on a handful of ratings, with the factors of every epoch kept.

    r_ui = mu + <p_u, q_i>        e = r - r_ui
    p_u += rate (e q_i - regularization p_u)        q_i += rate (e p_u - regularization q_i)

Both steps start from the same p and q: together one step against the gradient of
(e^2 + regularization (|p_u|^2 + |q_i|^2)) / 2. Plain factors after Funk (2006). For teaching only:
what serves the site is learned by `fitting`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.core.ratings import Float64


@dataclass(frozen=True)
class TinySchedule:
    """How a tiny fit learns."""

    n_factors: int = 2
    n_epochs: int = 40
    learning_rate: float = 0.1
    regularization: float = 0.02
    start: float = 0.3  # deviation of the random numbers at the start


@dataclass(frozen=True)
class TinyFit:
    """The factors at the start and after every epoch."""

    global_mean: float  # in hundredths, so that it can be written down
    user_factors: Float64  # (n_epochs + 1, n_users, k)
    item_factors: Float64  # (n_epochs + 1, n_items, k)
    first: tuple[int, int]  # (user, item) of the rating that the very first step takes

    @property
    def n_epochs(self) -> int:
        return len(self.user_factors) - 1

    def rounded(self) -> TinyFit:
        """In hundredths: what is worked out from the numbers as written agrees by hand."""
        users, items = (
            factors.round(2) + 0.0  # no -0.0
            for factors in (self.user_factors, self.item_factors)
        )
        return TinyFit(self.global_mean, users, items, self.first)

    def predictions(self) -> Float64:
        """(n_epochs + 1, n_users, n_items) predicted stars, not brought back to the scale."""
        return self.global_mean + self.user_factors @ self.item_factors.swapaxes(1, 2)

    def rmse(self, table: Float64) -> Float64:
        """(n_epochs + 1,) root mean squared error over the ratings that `table` holds."""
        known = ~np.isnan(table)
        errors = self.predictions()[:, known] - table[known]
        return np.asarray(np.sqrt((errors**2).mean(axis=1)), np.float64)


def fit_tiny(table: Float64, seed: int, schedule: TinySchedule | None = None) -> TinyFit:
    """Learn `table`, (n_users, n_items) stars with NaN for what nobody rated.

    The seed decides the start, random numbers in hundredths, and the order in which the ratings
    come, another one in every epoch.

    Raises:
        ValueError: a table without any rating.
    """
    how = schedule or TinySchedule()
    users, items = np.nonzero(~np.isnan(table))
    if not len(users):
        raise ValueError("a fit needs at least one rating")
    rng = np.random.default_rng(seed)
    mean = round(float(table[users, items].mean()), 2)
    p = rng.normal(0, how.start, (table.shape[0], how.n_factors)).round(2) + 0.0
    q = rng.normal(0, how.start, (table.shape[1], how.n_factors)).round(2) + 0.0
    orders = [rng.permutation(len(users)).tolist() for _ in range(how.n_epochs)]
    kept = [(p.copy(), q.copy())]
    for order in orders:
        for n in order:
            u, i = users[n], items[n]
            p[u], q[i] = step(p[u], q[i], table[u, i] - mean, how)
        kept.append((p.copy(), q.copy()))
    user_factors, item_factors = (np.stack(side) for side in zip(*kept, strict=True))
    first = orders[0][0]
    return TinyFit(mean, user_factors, item_factors, (int(users[first]), int(items[first])))


def step(p: Float64, q: Float64, above_mean: float, how: TinySchedule) -> tuple[Float64, Float64]:
    """Both vectors (k,) after one rating that is `above_mean` stars over the mean."""
    error = above_mean - p @ q
    rate, pull = how.learning_rate, how.regularization
    return p + rate * (error * q - pull * p), q + rate * (error * p - pull * q)
