"""Predicted stars on the rating scale, with an interval around each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from django.contrib.auth.models import AnonymousUser

from recommender.core import predicted_stars
from recommender.core.explain.intervals import Z_80, half_width
from recommender.serving.model_cache import Model
from recommender.serving.users import FoldedInUser, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

LOWEST_STARS, HIGHEST_STARS = 0.5, 5.0


class PredictedStars(float):
    """Predicted stars: a float that also knows how far off it may be."""

    spread: float  # standard deviation of the rating around the prediction, in stars

    def __new__(cls, stars: float, spread: float) -> Self:
        self = super().__new__(cls, stars)
        self.spread = spread
        return self

    @property
    def low(self) -> float:
        """Lower end of the 80 % interval."""
        return max(LOWEST_STARS, self - Z_80 * self.spread)

    @property
    def high(self) -> float:
        """Upper end of the 80 % interval."""
        return min(HIGHEST_STARS, self + Z_80 * self.spread)


def predict(user: User | AnonymousUser, movie_ids: Sequence[int]) -> dict[int, PredictedStars]:
    """Predicted stars by movie id, of the movies in the active run; empty for visitors."""
    if not movie_ids or not user.is_authenticated:
        return {}
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None:
        return {}
    rows = model.rows(movie_ids)
    known = rows >= 0
    stars = predict_rows(model, folded_in, rows[known])
    return dict(zip(np.asarray(movie_ids)[known].tolist(), stars, strict=True))


def predict_rows(model: Model, folded_in: FoldedInUser, rows: Any) -> list[PredictedStars]:
    """Predicted stars of the movies in these rows of the run."""
    index = np.asarray(rows, np.int64)
    stars = clipped(predicted_stars(model.items, folded_in.vector, index)).tolist()
    spreads = half_width(model.items, folded_in.doubt, index) / Z_80
    return [PredictedStars(*both) for both in zip(stars, spreads.tolist(), strict=True)]


def clipped(stars: np.ndarray) -> np.ndarray:
    """Stars clipped to the rating scale."""
    return np.clip(stars, LOWEST_STARS, HIGHEST_STARS)
