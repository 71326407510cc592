"""Similar movies: liked by the same users; without ratings, of the same genres and people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Movie
from recommender.core import cosine_similarity, top_n
from recommender.core.boldness import RATINGS_TO_BE_LIFTED as MIN_RATINGS
from recommender.serving.genre_profiles import genres_of_run
from recommender.serving.model_cache import Model
from recommender.serving.placement import DECADE, of_decade, shared_people
from recommender.serving.similar_steering import Steer
from recommender.serving.users import model_and_excluded_ids

if TYPE_CHECKING:
    from accounts.models import User

# Looked up beyond those wanted: movies deleted since the run are still in its arrays.
SPARE = 3
# Steering reorders at least this many of the closest movies, and this many times those wanted.
MIN_CANDIDATES, CANDIDATES_PER_WANTED = 100, 3

# Returns by id the movies that exist, with whatever the caller wants to show of them.
Find = Callable[[list[int]], Mapping[int, Movie]]
Candidates = tuple[list[int], np.ndarray]  # movie ids, closeness of each


def similar_movies(
    movie: Movie,
    n: int = 12,
    user: User | AnonymousUser | None = None,
    steer: Steer | None = None,
    find: Find = Movie.objects.in_bulk,
) -> list[Movie]:
    """The movies most similar to this one, without those that `user` rated, hid or watched.

    By genre, if the movie has too few ratings or was added after the run. `steer` reorders the
    closest movies by the user's wishes.
    """
    steer = steer or Steer()
    model, excluded = model_and_excluded_ids(user)
    excluded = np.append(excluded, movie.pk)
    size = max(MIN_CANDIDATES, CANDIDATES_PER_WANTED * n)
    ids, close = _candidates(movie, model, excluded, size) if model else ([], np.empty(0))
    found = _first(steer.order(ids, close, movie.year), n, find)
    if len(found) < n and (model is None or not _is_known(model, movie)):
        # A small catalogue, or too few ratings of movies of these genres.
        excluded = np.append(excluded, [other.pk for other in found]).astype(np.int64)
        loved, close = _of_same_genres(movie, excluded, size)
        found += _first(steer.order(loved, close, movie.year), n - len(found), find)
    return found


def _first(movie_ids: list[int], n: int, find: Find) -> list[Movie]:
    """The first n of the movies that exist; looks up a few more than n, and seldom all."""
    for wanted in (n + SPARE, len(movie_ids)):
        found = find(movie_ids[:wanted])
        existing = [found[pk] for pk in movie_ids[:wanted] if pk in found]
        if len(existing) >= n or wanted >= len(movie_ids):
            break
    return existing[:n]


def _candidates(movie: Movie, model: Model, excluded: np.ndarray, size: int) -> Candidates:
    close = (
        cosine_similarity(model.items, model.items.interest[model.rows([movie.pk])[0]])
        if _is_known(model, movie)
        else _closeness_by_genre(movie, model)
    )
    rows = top_n(close, size, exclude=model.known_rows(excluded))
    return model.items.item_ids[rows].tolist(), close[rows]


def _is_known(model: Model, movie: Movie) -> bool:
    """Does the movie have enough ratings in the run for its factors to be meaningful?"""
    row = model.rows([movie.pk])[0]
    return row >= 0 and model.items.n_ratings[row] >= MIN_RATINGS


def _closeness_by_genre(movie: Movie, model: Model) -> np.ndarray:
    """(n_items,) genres and people in common plus closeness to a typical movie of these genres.

    Of a movie without genres the decade counts too. NaN for movies that share nothing.
    """
    genres = genres_of_run(model)
    own = genres.of(movie)
    shared = genres.overlap(own) + shared_people(model, [movie])[0]
    if not own.any():
        shared += DECADE * of_decade(model, movie)
    close = cosine_similarity(model.items, genres.regression.predict(own[None])[0])
    return np.where(shared > 0, shared + close, np.nan).astype(np.float32)


def _of_same_genres(movie: Movie, excluded: np.ndarray, size: int) -> Candidates:
    """The best loved movies that share a genre. Needs no model."""
    movies = Movie.objects.filter(genres__in=movie.genres.all()).best_loved()
    wanted = size + len(excluded)
    ids = np.array(list(movies.values_list("pk", flat=True).distinct()[:wanted]), np.int64)
    ids = ids[~np.isin(ids, excluded)][:size]
    return ids.tolist(), -np.arange(len(ids), dtype=np.float64)
