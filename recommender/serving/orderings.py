"""The catalogue in a member's order: by ranking score, predicted stars, or least known first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from movies.browse.orderings import Ranking
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


def rank(
    user: User | AnonymousUser,
    movie_ids: np.ndarray | QuerySet,
    ordering: str,
    *,
    is_reversed: bool = False,
) -> Ranking | None:
    """Those of these movies that a list may show this user, best first, or last if `is_reversed`.

    Each page of them is shown in the order of `page_order`, but by predicted stars as it is.
    Movies that the run does not know come last, newest first. At most one query, for the ids,
    whichever page is looked at. None for any other ordering, for visitors, without a model, and for
    users without a rating.
    """
    if ordering not in SCORES or not user.is_authenticated:
        return None
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None or not folded_in.is_known:
        return None
    given = isinstance(movie_ids, np.ndarray)
    ids = movie_ids if given else np.fromiter(movie_ids.iterator(), np.int64)
    ids = np.sort(ids[~np.isin(ids, folded_in.excluded)])[::-1]
    rows = model.rows(ids)
    scores = np.append(SCORES[ordering](model, folded_in, user), -np.inf)
    order = np.argsort(_lowest_first(scores[rows], is_reversed=is_reversed), kind="stable")

    def predicted(some: Sequence[int]) -> dict[int, PredictedStars]:
        return predict_movies(model, folded_in, some)

    def as_shown(stars: Sequence[float]) -> list[int]:
        return page_order(stars).tolist()

    in_steps = None if ordering == "predicted" else as_shown
    return Ranking(ids[order].tolist(), predicted, in_steps, n_fitted=int((rows >= 0).sum()))


def _lowest_first(scores: np.ndarray, *, is_reversed: bool) -> np.ndarray:
    """Sort keys; movies that the run does not know come last in either direction."""
    return np.where(np.isneginf(scores), np.inf, scores if is_reversed else -scores)
