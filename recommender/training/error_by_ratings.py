"""The error of predicted stars by how many ratings a movie, or a rater, had in the fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.core import Ratings
from recommender.core.evaluation.metrics import rmse

BOUNDS = (0, 1, 5, 20, 100, 500)


def errors_by_ratings(
    predicted: np.ndarray, train: Ratings, held_out: Ratings
) -> dict[str, list[dict[str, Any]]]:
    """predicted: (n,) clipped stars of the held-out ratings, which number users and items as
    `train` does.

    Each group: {"from", "to" (None: no bound), "n" held-out ratings, "rmse"}.
    """
    of_movies = np.bincount(train.item_index, minlength=train.n_items)[held_out.item_index]
    of_raters = np.bincount(train.user_index, minlength=train.n_users)[held_out.user_index]
    return {
        "by_movie_ratings": _groups(of_movies, predicted, held_out.stars),
        "by_rater_ratings": _groups(of_raters, predicted, held_out.stars),
    }


def _groups(counts: np.ndarray, predicted: np.ndarray, stars: np.ndarray) -> list[dict[str, Any]]:
    groups = []
    for number, least in enumerate(BOUNDS):
        is_last = number + 1 == len(BOUNDS)
        most = None if is_last else BOUNDS[number + 1] - 1
        chosen = counts >= least if most is None else (counts >= least) & (counts <= most)
        if n := int(np.count_nonzero(chosen)):
            error = rmse(predicted[chosen], stars[chosen])
            groups.append({"from": least, "to": most, "n": n, "rmse": round(error, 5)})
    return groups
