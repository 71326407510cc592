"""Orders of the catalogue by what a user will probably like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from movies.browse.orderings import Ranking
from movies.models import MovieQuerySet
from recommender.core import BOLDNESS_STOPS, predicted_stars, score_items
from recommender.serving.model_cache import Model
from recommender.serving.predictions import PredictedStars, predict_rows
from recommender.serving.users import FoldedInUser, chosen_boldness, model_and_user

if TYPE_CHECKING:
    from accounts.models import User


def rank(user: User, movies: MovieQuerySet) -> Ranking | None:
    """`movies` without those that no list may show this user, best first.

    Movies that are not in the run come last, newest first. None without a model, or for a user
    who is not known yet. One query for the ids, whichever page is shown.
    """
    return _ranked(user, movies, lambda model, folded_in: _for_you(model, folded_in, user))


def rank_by_stars(user: User, movies: MovieQuerySet) -> Ranking | None:
    """As `rank`, by predicted stars, however well known the movies are."""
    return _ranked(
        user, movies, lambda model, folded_in: predicted_stars(model.items, folded_in.vector)
    )


def rank_off_the_track(user: User, movies: MovieQuerySet) -> Ranking | None:
    """As `rank`, with the least known movies first."""
    return _ranked(
        user,
        movies,
        lambda model, folded_in: score_items(model.items, folded_in.vector, BOLDNESS_STOPS[-1]),
    )


def _for_you(model: Model, folded_in: FoldedInUser, user: User) -> np.ndarray:
    return score_items(model.items, folded_in.vector, chosen_boldness(user))


def _ranked(
    user: User, movies: MovieQuerySet, score: Callable[[Model, FoldedInUser], np.ndarray]
) -> Ranking | None:
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None or not folded_in.is_known:
        return None
    chosen = movies.order_by().values_list("pk", flat=True)
    ids = np.fromiter(chosen.iterator(), np.int64)
    ids = np.sort(ids[~np.isin(ids, folded_in.excluded)])[::-1]
    rows = model.rows(ids)
    scores = np.append(score(model, folded_in), -np.inf)
    order = np.argsort(-scores[rows], kind="stable")

    def predicted(some: Sequence[int]) -> dict[int, PredictedStars]:
        return _predicted(model, folded_in, some)

    return Ranking(ids[order].tolist(), predicted)


def _predicted(
    model: Model, folded_in: FoldedInUser, movie_ids: Sequence[int]
) -> dict[int, PredictedStars]:
    ids = np.asarray(movie_ids, np.int64)
    rows = model.rows(ids)
    known = rows >= 0
    stars = predict_rows(model, folded_in, rows[known])
    return dict(zip(ids[known].tolist(), stars, strict=True))
