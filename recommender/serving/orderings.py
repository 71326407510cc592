"""The catalogue in a member's order: by ranking score, predicted stars, or least known first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.browse.orderings import Ranking
from movies.models import MovieQuerySet
from recommender.core import predicted_stars, score_items
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.ranking import page_order
from recommender.serving.model_cache import Model
from recommender.serving.predictions import PredictedStars, predict_movies
from recommender.serving.users import FoldedInUser, chosen_boldness, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

Score = Callable[[Model, FoldedInUser, "User"], np.ndarray]

# The keys of `movies.browse.orderings.PERSONAL_ORDERINGS`.
SCORES: Mapping[str, Score] = {
    "for_you": lambda model, folded_in, user: score_items(
        model.items, folded_in.vector, chosen_boldness(user)
    ),
    "predicted": lambda model, folded_in, user: predicted_stars(model.items, folded_in.vector),
    "off_the_track": lambda model, folded_in, user: score_items(
        model.items, folded_in.vector, BOLDNESS_STOPS[-1]
    ),
}


def rank(user: User | AnonymousUser, movies: MovieQuerySet, ordering: str) -> Ranking | None:
    """Those of `movies` that a list may show this user, best first.

    Each page of them is shown in the order of `page_order`, but by predicted stars as it is.
    Movies that the run does not know come last, newest first. One query, for the ids, whichever
    page is looked at. None for any other ordering, for visitors, without a model, and for users
    without a rating.
    """
    if ordering not in SCORES or not user.is_authenticated:
        return None
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None or not folded_in.is_known:
        return None
    chosen = movies.order_by().values_list("pk", flat=True)
    ids = np.fromiter(chosen.iterator(), np.int64)
    ids = np.sort(ids[~np.isin(ids, folded_in.excluded)])[::-1]
    rows = model.rows(ids)
    scores = np.append(SCORES[ordering](model, folded_in, user), -np.inf)
    order = np.argsort(-scores[rows], kind="stable")

    def predicted(some: Sequence[int]) -> dict[int, PredictedStars]:
        return predict_movies(model, folded_in, some)

    def as_shown(stars: Sequence[float]) -> list[int]:
        return page_order(stars).tolist()

    in_steps = None if ordering == "predicted" else as_shown
    return Ranking(ids[order].tolist(), predicted, in_steps)
