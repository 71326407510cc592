"""The catalogue in the order of what one person will probably like: the ranking score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from movies.browse.orderings import Ranking
from movies.models import MovieQuerySet
from recommender.core import predicted_stars, score_items
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.serving.model_cache import Model
from recommender.serving.predictions import PredictedStars, stars_of
from recommender.serving.users import FoldedInUser, boldness_of, model_and_person

if TYPE_CHECKING:
    from accounts.models import User


def rank(user: User, movies: MovieQuerySet) -> Ranking | None:
    """Those of `movies` that a list may show this person, best first.

    What the run does not know yet comes last, newest first. None without a model, or for somebody
    without a single rating. Takes one query for the ids, whatever page is looked at.
    """
    return _ranked(user, movies, lambda model, person: _for_you(model, person, user))


def rank_by_stars(user: User, movies: MovieQuerySet) -> Ranking | None:
    """The same, by the stars that this person would give, however well known the movies are."""
    return _ranked(user, movies, lambda model, person: predicted_stars(model.items, person.vector))


def rank_off_the_track(user: User, movies: MovieQuerySet) -> Ranking | None:
    """The same as `rank`, as if this person wanted the least known movies."""
    return _ranked(
        user,
        movies,
        lambda model, person: score_items(model.items, person.vector, BOLDNESS_STOPS[-1]),
    )


def _for_you(model: Model, person: FoldedInUser, user: User) -> np.ndarray:
    return score_items(model.items, person.vector, boldness_of(user))


def _ranked(
    user: User, movies: MovieQuerySet, score: Callable[[Model, FoldedInUser], np.ndarray]
) -> Ranking | None:
    model, person = model_and_person(user)
    if model is None or person is None or not person.is_known:
        return None
    chosen = movies.order_by().values_list("pk", flat=True)
    ids = np.fromiter(chosen.iterator(), np.int64)
    ids = np.sort(ids[~np.isin(ids, person.excluded)])[::-1]
    rows = model.rows(ids)
    scores = np.append(score(model, person), -np.inf)
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
