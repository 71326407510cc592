"""Predicted stars as people see them: on the scale, and saying how sure they are."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from recommender.core import predicted_stars
from recommender.core.explain.intervals import Z_80, UserUncertainty, half_width
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
        return max(LOWEST_STARS, self - Z_80 * self.spread)

    @property
    def high(self) -> float:
        return min(HIGHEST_STARS, self + Z_80 * self.spread)


def stars_of(model: Model, person: FoldedInUser, rows: Any) -> list[PredictedStars]:
    """What this person would give the movies in these rows of the run."""
    index = np.asarray(rows, np.int64)
    stars = clipped(predicted_stars(model.items, person.vector, index)).tolist()
    spreads = half_width(model.items, _uncertainty(model, person), index) / Z_80
    return [PredictedStars(*both) for both in zip(stars, spreads.tolist(), strict=True)]


def _uncertainty(model: Model, person: FoldedInUser) -> UserUncertainty:
    """How far the solution that predicts may be wrong; solving again for it would double a list."""
    if "doubt" not in person.beside:
        solution, evidence = person.vector.solution, person.evidence
        person.beside["doubt"] = (
            UserUncertainty.of_new_user(model.items)
            if solution is None
            else UserUncertainty.of_solution(
                model.items, solution, evidence.item_index, evidence.stars
            )
        )
    return person.beside["doubt"]


def clipped(stars: np.ndarray) -> np.ndarray:
    """Predicted stars as people see them: on the scale."""
    return np.clip(stars, LOWEST_STARS, HIGHEST_STARS)
