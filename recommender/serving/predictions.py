"""Predicted stars on the rating scale, with an interval around each; and what a reader said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.stars import to_stars
from recommender.core import ItemFactors, predicted_stars
from recommender.core.explain.intervals import Z_80, half_width
from recommender.serving.model_cache import Model
from recommender.serving.placement import place_movies
from recommender.serving.users import (
    FoldedInUser,
    fold_in_read_user,
    model_and_user,
    model_and_user_state,
)

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
    """Predicted stars by movie id; empty for visitors.

    A movie added since the run is placed by what it has in common with others.
    """
    if not movie_ids or not user.is_authenticated:
        return {}
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None:
        return {}
    return predict_movies(model, folded_in, movie_ids)


def predict_movies(
    model: Model, folded_in: FoldedInUser, movie_ids: Sequence[int]
) -> dict[int, PredictedStars]:
    """As `predict`, for a user who is folded in already."""
    ids = np.asarray(movie_ids, np.int64)
    rows = model.rows(ids)
    known = rows >= 0
    stars = dict(zip(ids[known].tolist(), predict_rows(model, folded_in, rows[known]), strict=True))
    placed = None if known.all() else place_movies(model, ids[~known].tolist())
    if placed is None:
        return stars
    new = _predict(placed, folded_in, np.arange(placed.n_items))
    return stars | dict(zip(placed.item_ids.tolist(), new, strict=True))


def predict_rows(model: Model, folded_in: FoldedInUser, rows: Any) -> list[PredictedStars]:
    """Predicted stars of the movies in these rows of the run."""
    return _predict(model.items, folded_in, np.asarray(rows, np.int64))


def _predict(
    items: ItemFactors, folded_in: FoldedInUser, index: np.ndarray
) -> list[PredictedStars]:
    stars = clipped(predicted_stars(items, folded_in.vector, index)).tolist()
    spreads = half_width(items, folded_in.doubt, index) / Z_80
    return [PredictedStars(*both) for both in zip(stars, spreads.tolist(), strict=True)]


def clipped(stars: np.ndarray) -> np.ndarray:
    """Stars clipped to the rating scale."""
    return np.clip(stars, LOWEST_STARS, HIGHEST_STARS)


@dataclass(frozen=True)
class OwnFigures:
    """What one reader said about movies, and what is predicted; visitors have none of it.

    All by movie id.
    """

    ratings: Mapping[int, float] = field(default_factory=dict)  # stars
    marks: Mapping[int, Sequence[str]] = field(default_factory=dict)  # kinds
    predicted: Mapping[int, PredictedStars] = field(default_factory=dict)


def own_figures(
    user: User | AnonymousUser,
    movie_ids: Sequence[int],
    predicted: Mapping[int, PredictedStars] | None = None,
) -> OwnFigures:
    """One query, for ratings, marks and what predictions need.

    predicted: stars that the caller knows already; movies without any are predicted nothing.
    """
    if not movie_ids or not user.is_authenticated:
        return OwnFigures()
    model, state = model_and_user_state(user)
    if predicted is None:
        predicted = (
            predict_movies(model, fold_in_read_user(user, model, state), movie_ids) if model else {}
        )
    ratings, marks = state.ratings, state.marks
    return OwnFigures(
        ratings={pk: to_stars(ratings[pk]) for pk in movie_ids if pk in ratings},
        marks={pk: sorted(marks[pk]) for pk in movie_ids if pk in marks},
        predicted=predicted,
    )
