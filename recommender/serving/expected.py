"""What was to be expected of each rating that a person has given: the measure of a surprise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recommender.core.explain.leave_one_out import own_predictions_without_each
from recommender.models import LoggedPrediction
from recommender.serving.predictions import clipped
from recommender.serving.recommend import predict
from recommender.serving.users import model_and_user

if TYPE_CHECKING:
    from accounts.models import User


def expected(user: User) -> dict[int, float] | None:
    """Stars by id of the movies this person has rated; None without a model.

    What stood when the rating was given, where the log knows it. Else what the model says now from
    all of the person's other ratings. Two queries, however many ratings.
    """
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None:
        return None
    stars: dict[int, float] = {}
    user_ratings, solution = folded_in.user_ratings, folded_in.vector.solution
    if solution is not None:
        left_out = own_predictions_without_each(
            model.items, user_ratings.item_index, user_ratings.stars, solution
        )
        ids = model.items.item_ids[user_ratings.item_index].tolist()
        stars = dict(zip(ids, clipped(left_out).tolist(), strict=True))
    logged = LoggedPrediction.objects.of(user).values_list("movie_id", "predicted")
    return stars | dict(logged)


def predicted(user: User, movie_ids: Sequence[int]) -> dict[int, float] | None:
    """Predicted stars of movies; None without a model, or for somebody without a rating."""
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None or not folded_in.is_known:
        return None
    return dict(predict(user, movie_ids))
