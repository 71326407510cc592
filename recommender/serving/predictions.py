"""Predicted stars as people see them: on the scale, and saying how sure they are."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from recommender.core import STANDARD_DEVIATIONS, predicted_stars
from recommender.core.explain.intervals import PersonDoubt, half_width
from recommender.serving.model_cache import Model
from recommender.serving.users import FoldedInUser

LOWEST_STARS, HIGHEST_STARS = 0.5, 5.0


class PredictedStars(float):
    """A number of stars like any other float, which also knows how far off it may be."""

    spread: float  # standard deviation of the rating to come, in stars

    def __new__(cls, stars: float, spread: float) -> Self:
        self = super().__new__(cls, stars)
        self.spread = spread
        return self

    @property
    def low(self) -> float:
        """Nine in ten ratings are at least this, and eight in ten between this and `high`."""
        return max(LOWEST_STARS, self - STANDARD_DEVIATIONS * self.spread)

    @property
    def high(self) -> float:
        return min(HIGHEST_STARS, self + STANDARD_DEVIATIONS * self.spread)


def predict_rows(model: Model, folded_in: FoldedInUser, rows: Any) -> list[PredictedStars]:
    """What this person would give the movies in these rows of the run."""
    index = np.asarray(rows, np.int64)
    stars = clipped(predicted_stars(model.items, folded_in.vector, index)).tolist()
    spreads = half_width(model.items, _doubt_of(model, folded_in), index) / STANDARD_DEVIATIONS
    return [PredictedStars(*both) for both in zip(stars, spreads.tolist(), strict=True)]


def _doubt_of(model: Model, folded_in: FoldedInUser) -> PersonDoubt:
    """How far the solution that predicts may be wrong; solving again for it would double a list."""
    if "doubt" not in folded_in.beside:
        solution, user_ratings = folded_in.vector.solution, folded_in.user_ratings
        folded_in.beside["doubt"] = (
            PersonDoubt.of_stranger(model.items)
            if solution is None
            else PersonDoubt.of_solution(
                model.items, solution, user_ratings.item_index, user_ratings.stars
            )
        )
    return folded_in.beside["doubt"]


def clipped(stars: np.ndarray) -> np.ndarray:
    """Predicted stars as people see them: on the scale."""
    return np.clip(stars, LOWEST_STARS, HIGHEST_STARS)
