"""The fitted model with the interface of a baseline: rows in, stars and scores out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np

from recommender.core.evaluation.baselines import Rows
from recommender.core.evaluation.list_yardsticks import folded_in
from recommender.core.evaluation.metrics import rows_by_user
from recommender.core.evaluation.splits import in_time_order
from recommender.core.factors import Factors, ItemFactors, UserVector
from recommender.core.fold_in import fold_in
from recommender.core.ranking import predicted_stars, score_items
from recommender.core.ratings import Float32, Float64, Int64, Ratings


class LatentFactors:
    """The model as a site serves it: one vector a user, one dot product a movie.

    vector_of: from a row of the vocabulary of users to that user's vectors.
    """

    name = "latent factors"
    predicts, ranks, ranks_new_users, needs_times = True, True, True, False

    def __init__(
        self,
        items: ItemFactors,
        vector_of: Callable[[int], UserVector],
        boldness: float = 0.0,
    ) -> None:
        self.items, self.vector_of, self.boldness = items, vector_of, boldness

    @classmethod
    def of(cls, factors: Factors) -> Self:
        """Users of the fit, by their stored rows."""
        return cls(factors.items, factors.user_vector)

    def at(self, boldness: float) -> Self:
        """The same at another stop between well known and off the beaten track."""
        return type(self)(self.items, self.vector_of, boldness)

    def for_users_of(self, ratings: Ratings) -> Self:
        """Users outside the fit, solved from these ratings as a live page solves them."""
        rows = rows_by_user(ratings) if ratings.times is None else in_time_order(ratings)

        def vector_of(user: int) -> UserVector:
            own = rows[user]
            times = None if ratings.times is None else ratings.times[own]
            return fold_in(self.items, ratings.item_index[own], ratings.stars[own], times=times)

        return type(self)(self.items, vector_of, self.boldness)

    def for_person(
        self, item_index: Int64, stars: Float32, times: Float64 | None = None
    ) -> Float32:
        """(n_items,) scores for somebody outside the fit who gave these ratings, oldest first."""
        return folded_in(self.items, self.boldness)(item_index, stars, times)

    def predict(self, users: Rows, items: Rows) -> Float32:
        order = np.argsort(users, kind="stable")
        asked, starts = np.unique(users[order], return_index=True)
        stars = np.empty(users.size, np.float32)
        parts = np.split(order, starts[1:])
        for user, rows in zip(asked.tolist(), parts, strict=True):
            stars[rows] = predicted_stars(self.items, self.vector_of(user), items[rows])
        return stars

    def score(self, users: Rows) -> Float32:
        return np.stack(
            [score_items(self.items, self.vector_of(u), self.boldness) for u in users.tolist()]
        )
