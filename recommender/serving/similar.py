"""Movies like a movie: the same audience, or for one without ratings the same genres."""

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
from recommender.serving.similar_steering import Steer
from recommender.serving.users import model_and_excluded

if TYPE_CHECKING:
    from accounts.models import User

# Movies deleted since the run are still in its arrays.
A_FEW = 3
# Steering chooses among this many of the closest movies, or this many times those asked for.
CLOSEST, TIMES = 100, 3

# Movies by id, of those that exist: with what the page or the answer needs of each.
Find = Callable[[list[int]], Mapping[int, Movie]]
Candidates = tuple[list[int], np.ndarray]  # movie ids, how close each is


def similar_movies(
    movie: Movie,
    n: int = 12,
    user: User | AnonymousUser | None = None,
    steer: Steer | None = None,
    find: Find = Movie.objects.in_bulk,
) -> list[Movie]:
    """The movies most like this one, without those the person rated or put away.

    A movie whose factors say nothing yet, or that came after the run, has movies of its genres
    for neighbours. With `steer`, the closest movies in an order that answers the wishes as well.
    `find` brings the movies, with what the caller wants to show of them.
    """
    steer = steer or Steer()
    model, excluded = model_and_excluded(user)
    excluded = np.append(excluded, movie.pk)
    size = max(CLOSEST, TIMES * n)
    ids, close = _candidates(movie, model, excluded, size) if model else ([], np.empty(0))
    found = _first(steer.order(ids, close, movie.year), n, find)
    if len(found) < n and (model is None or not _is_known(model, movie)):
        # A small catalogue, or one where nothing of these genres is rated enough to be placed.
        excluded = np.append(excluded, [other.pk for other in found]).astype(np.int64)
        loved, close = _of_same_genres(movie, excluded, size)
        found += _first(steer.order(loved, close, movie.year), n - len(found), find)
    return found


def _first(movie_ids: list[int], n: int, find: Find) -> list[Movie]:
    """The first n of the movies that exist; a few more than n are looked up, seldom all."""
    for wanted in (n + A_FEW, len(movie_ids)):
        found = find(movie_ids[:wanted])
        there = [found[pk] for pk in movie_ids[:wanted] if pk in found]
        if len(there) >= n or wanted >= len(movie_ids):
            break
    return there[:n]


def _candidates(movie: Movie, model: Model, excluded: np.ndarray, size: int) -> Candidates:
    close = (
        cosine_similarity(model.items, model.items.interest[model.rows([movie.pk])[0]])
        if _is_known(model, movie)
        else _closeness_by_genre(movie, model)
    )
    rows = top_n(close, size, exclude=model.known_rows(excluded))
    return model.items.item_ids[rows].tolist(), close[rows]


def _is_known(model: Model, movie: Movie) -> bool:
    """Has the movie enough ratings in the run for its factors to mean something?"""
    row = model.rows([movie.pk])[0]
    return row >= 0 and model.items.n_ratings[row] >= MIN_RATINGS


def _closeness_by_genre(movie: Movie, model: Model) -> np.ndarray:
    """(n_items,) of those that share a genre: how much they share, and how close the run has them.

    The place is the one that the run gives any movie of these genres without ratings.
    """
    genres = genres_of_run(model)
    own = genres.of(movie)
    overlap = genres.overlap(own)
    close = cosine_similarity(model.items, genres.regression.predict(own[None])[0])
    return np.where(overlap > 0, overlap + close, np.nan).astype(np.float32)


def _of_same_genres(movie: Movie, excluded: np.ndarray, size: int) -> Candidates:
    """The best loved that share a genre: all there is without a model."""
    movies = Movie.objects.filter(genres__in=movie.genres.all()).best_loved()
    wanted = size + len(excluded)
    ids = np.array(list(movies.values_list("pk", flat=True).distinct()[:wanted]), np.int64)
    ids = ids[~np.isin(ids, excluded)][:size]
    return ids.tolist(), -np.arange(len(ids), dtype=np.float64)
