"""The catalogue in a member's order: by ranking score, predicted stars, or least known first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.browse.orderings import Ranking
from movies.models import MovieQuerySet
from recommender.core import BOLDNESS_STOPS, predicted_stars, score_items
from recommender.serving.model_cache import Model
from recommender.serving.predictions import PredictedStars, stars_of
from recommender.serving.users import FoldedInUser, boldness_of, model_and_person

if TYPE_CHECKING:
    from accounts.models import User

Score = Callable[[Model, FoldedInUser, "User"], np.ndarray]

# The keys of `movies.browse.orderings.PERSONAL_ORDERINGS`.
SCORES: Mapping[str, Score] = {
    "for_you": lambda model, person, user: score_items(
        model.items, person.vector, boldness_of(user)
    ),
    "predicted": lambda model, person, user: predicted_stars(model.items, person.vector),
    "off_the_track": lambda model, person, user: score_items(
        model.items, person.vector, BOLDNESS_STOPS[-1]
    ),
}


def rank(user: User | AnonymousUser, movies: MovieQuerySet, ordering: str) -> Ranking | None:
    """Those of `movies` that a list may show this user, best first.

    Movies that the run does not know come last, newest first. One query, for the ids, whichever
    page is looked at. None for any other ordering, for visitors, without a model, and for users
    without a rating.
    """
    if ordering not in SCORES or not user.is_authenticated:
        return None
    model, person = model_and_person(user)
    if model is None or person is None or not person.is_known:
        return None
    chosen = movies.order_by().values_list("pk", flat=True)
    ids = np.fromiter(chosen.iterator(), np.int64)
    ids = np.sort(ids[~np.isin(ids, person.excluded)])[::-1]
    rows = model.rows(ids)
    scores = np.append(SCORES[ordering](model, person, user), -np.inf)
    order = np.argsort(-scores[rows], kind="stable")

    def predicted(some: Sequence[int]) -> dict[int, PredictedStars]:
        return _predicted(model, person, some)

    return Ranking(ids[order].tolist(), predicted)


def _predicted(
    model: Model, person: FoldedInUser, movie_ids: Sequence[int]
) -> dict[int, PredictedStars]:
    ids = np.asarray(movie_ids, np.int64)
    rows = model.rows(ids)
    known = rows >= 0
    stars = stars_of(model, person, rows[known])
    return dict(zip(ids[known].tolist(), stars, strict=True))
