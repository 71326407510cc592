"""The stars that were to be expected of each of a user's ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recommender.models import LoggedPrediction
from recommender.serving.predictions import clipped, predict
from recommender.serving.users import model_and_user

if TYPE_CHECKING:
    from accounts.models import User


def expected(user: User) -> dict[int, float] | None:
    """Stars by id of the movies that this user has rated; None without a model.

    The prediction that was logged when the rating was given or, without one, what the model
    predicts from all of the user's other ratings. Two queries, however many ratings.
    """
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None:
        return None
    stars: dict[int, float] = {}
    if len(user_ratings := folded_in.user_ratings):
        ids = model.items.item_ids[user_ratings.item_index].tolist()
        stars = dict(zip(ids, clipped(folded_in.own_left_out).tolist(), strict=True))
    logged = LoggedPrediction.objects.of(user).values_list("movie_id", "predicted")
    return stars | dict(logged)


def predicted(user: User, movie_ids: Sequence[int]) -> dict[int, float] | None:
    """Predicted stars by movie id; None without a model, or for a user who is not known yet."""
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None or not folded_in.is_known:
        return None
    return dict(predict(user, movie_ids))
