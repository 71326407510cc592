"""One user's ratings, as everything that explains a prediction takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.factors import ItemFactors, StarsSolution
from recommender.core.fold_in import solve_stars, stars_weights
from recommender.core.recency import rating_ages


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

    def __len__(self) -> int:
        return int(np.size(self.item_index))

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for `fold_in`."""
        return {name: value for name, value in vars(self).items() if name != "solution"}

    def solve(self, items: ItemFactors) -> StarsSolution:
        """Of at least one rating."""
        if self.solution is not None:
            return self.solution
        n = len(self)
        weights = stars_weights(items.hyperparameters, rating_ages(self.times, n), n)
        index, stars = self.item_index, self.stars
        return solve_stars(items, index, stars, self.in_fit, self.user_implicit, weights)
