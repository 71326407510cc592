"""One user's ratings, as everything that explains a prediction takes them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from recommender.core.factors import ItemFactors, StarsSolution
from recommender.core.fold_in import rating_mean_share, solve_stars, stars_weights
from recommender.core.ratings import Float64
from recommender.core.recency import rating_ages


@dataclass(frozen=True)
class RatingSums:
    """What a user's n ratings add up to; to leave some of them out takes no more than their rows.

    The implicit part is as for n - 1 ratings: c = (1 - t) (n - 1)^-1/2.
    """

    share: float  # c
    typical: Float64  # (k,) t m
    implicit: Float64  # (k,) S, sum of y_i
    # (1 + k,) sum of v_i [ (t_i - <c (S - y_i) + t m, g_i>) G_i - [0, C_i (c (S - y_i) + t m)] ]
    right: Float64
    gram: Float64  # (k, 1 + k) sum of v_i g_i G_i'
    variance: Float64  # (k,) sum of v_i C_i


@dataclass(frozen=True)
class UserRatings:
    """The ratings that a user's vectors are solved from.

    >>> ratings = UserRatings(item_index=[0, 1], stars=[5.0, 1.0])
    >>> len(ratings), ratings.solve(factors.items).rows.shape
    (2, (2, 3))
    """

    item_index: Any  # (n,) rows of the items
    stars: Any  # (n,)
    in_fit: Any = None  # (n,) bool: was in the fit; None for a user whom the fit did not see
    user_implicit: Any = None  # (k,) the user's x_u, where some were
    times: Any = None  # (n,) seconds; None for ratings in the order they were given, oldest first
    solution: StarsSolution | None = None  # what `fold_in` found, to save solving again
    _sums: list[RatingSums] = field(default_factory=list, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return int(np.size(self.item_index))

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for `fold_in`."""
        names = ("item_index", "stars", "in_fit", "user_implicit", "times")
        return {name: getattr(self, name) for name in names}

    def solve(self, items: ItemFactors) -> StarsSolution:
        """Of at least one rating."""
        if self.solution is not None:
            return self.solution
        n = len(self)
        weights = stars_weights(items.hyperparameters, rating_ages(self.times, n), n)
        index, stars = self.item_index, self.stars
        return solve_stars(items, index, stars, self.in_fit, self.user_implicit, weights)

    def solved(self, items: ItemFactors) -> UserRatings:
        """These ratings with their solution."""
        return self if self.solution is not None else replace(self, solution=self.solve(items))

    def targets(self, items: ItemFactors, places: Any = slice(None)) -> Float64:
        """(m,) t_i of the ratings at `places`, before the implicit part is taken off."""
        index = np.asarray(self.item_index, np.int64)[places]
        stars = np.asarray(self.stars, np.float64)[places]
        return np.asarray(stars - items.global_mean - items.bias[index] - items.mean_user_bias)

    def sums(self, items: ItemFactors) -> RatingSums:
        """Of at least two ratings; worked out once."""
        if not self._sums:
            self._sums.append(self._add_up(items))
        return self._sums[0]

    def _add_up(self, items: ItemFactors) -> RatingSums:
        index, solution = np.asarray(self.item_index, np.int64), self.solve(items)
        rows, weights = solution.rows, solution.weights
        mean_share = rating_mean_share(items, len(self) - 1)
        share = (1.0 - mean_share) / np.sqrt(len(self) - 1)
        typical = mean_share * items.mean_user_vector.astype(np.float64)
        implicit = items.implicit[index].astype(np.float64)
        total = implicit.sum(axis=0)
        others = share * (total - implicit) + typical
        variance = items.variance[index].astype(np.float64)
        errors = self.targets(items) - np.einsum("nd,nd->n", others, rows[:, 1:])
        right = (weights * errors) @ rows
        right[1:] -= weights @ (variance * others)
        gram = (weights[:, None] * rows).T @ rows
        return RatingSums(float(share), typical, total, right, gram[1:], weights @ variance)
