"""What a page or the API asks: which movies, how many stars, what is similar.

Every answer is worked out from the ratings as they are at this moment: the person's vectors are
solved against the active run's movie factors (fold-in), so a rating counts from the next request
on, before any refit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Movie
from recommender.core import score_items, top_n
from recommender.serving.model_cache import Model, current_model
from recommender.serving.predictions import PredictedStars, predict_rows
from recommender.serving.similar import A_FEW, Find, similar_movies
from recommender.serving.users import FoldedInUser, chosen_boldness, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "Recommendation",
    "Recommendations",
    "predict",
    "recommend",
    "recommend_to",
    "similar_movies",
]

SPARE = 12


@dataclass(frozen=True)
class Recommendation:
    movie_id: int
    stars: PredictedStars | None  # None without a model
    score: float | None  # for order only


@dataclass(frozen=True)
class Recommendations:
    items: Sequence[Recommendation]  # best first
    run_id: int | None
    source: str  # "personal", or "popular" when nothing is known of the person
    # The movies of `items` in that order, as `find` gave them.
    movies: Sequence[Movie] = field(default=(), compare=False, repr=False)
    # What a personal list was worked out from, for its reasons.
    model: Model | None = field(default=None, compare=False, repr=False)
    folded_in: FoldedInUser | None = field(default=None, compare=False, repr=False)


def recommend(
    user: User | AnonymousUser,
    n: int = 24,
    what_if_ratings: Mapping[int, float] | None = None,
    find: Find = Movie.objects.in_bulk,
) -> Recommendations:
    """The `n` unrated movies this person will most likely like, best first.

    As well known as the person's boldness says. Rated, hidden and seen movies never come back,
    nor those on the watchlist of a person who wants it left out. Without a model, or without a
    single rating, the well-loved movies by damped mean. `what_if_ratings` as for `fold_in_user`.
    `find` brings the movies, with what the caller wants to show of them.
    """
    if not user.is_authenticated:
        return _popular(user, n, current_model(), find)
    model, folded_in = model_and_user(user, what_if_ratings)
    if model is None or folded_in is None or not folded_in.is_known:
        return _popular(user, n, model, find)
    return recommend_to(model, folded_in, n, chosen_boldness(user), find)


def recommend_to(
    model: Model,
    folded_in: FoldedInUser,
    n: int,
    boldness: float = 0.0,
    find: Find = Movie.objects.in_bulk,
) -> Recommendations:
    """The same for a person who was solved already, with or without an account."""
    scores = score_items(model.items, folded_in.vector, boldness)
    rows, movies = _best(model, scores, n, model.known_rows(folded_in.excluded), find)
    stars = predict_rows(model, folded_in, rows)
    return Recommendations(
        items=[
            Recommendation(movie.pk, star, float(scores[row]))
            for row, star, movie in zip(rows, stars, movies, strict=True)
        ],
        run_id=model.run_id,
        source="personal",
        movies=movies,
        model=model,
        folded_in=folded_in,
    )


def _best(
    model: Model, scores: np.ndarray, n: int, excluded: np.ndarray, find: Find
) -> tuple[np.ndarray, list[Movie]]:
    """The n best rows whose movies still exist, and the movies.

    Movies deleted since the run are in its arrays, so a few more than n are looked up, and many
    more when those were not enough.
    """
    wanted = n + A_FEW
    while True:
        rows = top_n(scores, wanted, exclude=excluded)
        ids = model.items.item_ids[rows].tolist()
        found = find(ids)
        there = [place for place, movie_id in enumerate(ids) if movie_id in found][:n]
        if len(there) == n or len(rows) < wanted:
            return rows[there], [found[ids[place]] for place in there]
        wanted *= 4


def predict(user: User | AnonymousUser, movie_ids: Sequence[int]) -> dict[int, PredictedStars]:
    """Predicted stars, 0.5 to 5, of those movies that the model knows; none for a visitor."""
    if not movie_ids or not user.is_authenticated:
        return {}
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None:
        return {}
    rows = model.rows(movie_ids)
    known = rows >= 0
    stars = predict_rows(model, folded_in, rows[known])
    return dict(zip(np.asarray(movie_ids)[known].tolist(), stars, strict=True))


def _popular(
    user: User | AnonymousUser, n: int, model: Model | None, find: Find
) -> Recommendations:
    """Well-loved movies; with predicted stars for a member whom the model can say them to."""
    well_loved = Movie.objects.best_loved()
    if user.is_authenticated:
        well_loved = well_loved.not_excluded_for(user)
    ids = list(well_loved.values_list("pk", flat=True)[:n])
    found = find(ids)
    movies = [found[movie_id] for movie_id in ids if movie_id in found]
    return Recommendations(
        items=[Recommendation(movie.pk, None, None) for movie in movies],
        run_id=model.run_id if model else None,
        source="popular",
        movies=movies,
    )
