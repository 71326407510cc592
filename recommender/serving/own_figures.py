"""What one reader said about movies, and the stars predicted for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from movies.stars import to_stars
from recommender.serving.predictions import PredictedStars, predict_movies
from recommender.serving.users import fold_in_read_user, model_and_user_state

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class OwnFigures:
    """All by movie id; visitors have none."""

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
    wanted = set(movie_ids)
    return OwnFigures(
        ratings={pk: to_stars(half) for pk, half in state.ratings.items() if pk in wanted},
        marks={pk: sorted(kinds) for pk, kinds in state.marks.items() if pk in wanted},
        predicted=predicted,
    )
