"""The best of four ways to predict a rating from averages: what a fit has to beat.

Biases alone are no floor. Where the stars are noise, the best prediction of all is their mean, and
a fit that is regularised better than the biases beats them without having learned anything
(permuted stars of ml-100k: a fit 1.137, biases 1.144, the mean 1.126).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.core.evaluation.baselines import (
    AlikeForEveryone,
    BiasOnly,
    DampedItemMean,
    GlobalMean,
    Rows,
)
from recommender.core.ratings import Float32, Float64, Ratings


class DampedUserMean(AlikeForEveryone):
    """r_ui = (sum of the user's stars + damping mu) / (n_u + damping)."""

    name = "damped user mean"
    predicts, ranks, ranks_new_users = True, False, False

    def __init__(self, ratings: Ratings, damping: float = 5.0) -> None:
        users, mean = ratings.user_index, ratings.stars.mean(dtype=np.float64)
        sums = np.bincount(users, ratings.stars, minlength=ratings.n_users)
        counts = np.bincount(users, minlength=ratings.n_users)
        self.user_means = (sums + damping * mean) / (counts + damping)
        self.item_scores = np.zeros(ratings.n_items, np.float32)

    def predict(self, users: Rows, items: Rows) -> Float32:
        return np.asarray(self.user_means[users], np.float32)


MEANS = (GlobalMean, DampedUserMean, DampedItemMean, BiasOnly)


def predict_by_means(train: Ratings, held_out: Ratings) -> Float64:
    """(4, n) predictions of the held-out stars by each of `MEANS`, learned from `train`."""
    pairs = held_out.user_index, held_out.item_index
    return np.stack([make(train).predict(*pairs) for make in MEANS]).astype(np.float64)


def best_of(predicted: Float64, stars: Float32) -> int:
    """The row of `predicted`, (4, n), with the smallest squared error."""
    errors = np.square(np.clip(predicted, 0.5, 5.0) - stars)
    return int(np.argmin(errors.mean(axis=1)))


def names() -> Sequence[str]:
    """Of `MEANS`, in order."""
    return [make.name for make in MEANS]
