"""Genres and decades of a run's movies; genres also place movies that have too few ratings."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from movies.models import Movie
from recommender.core import GenreRegression, ItemFactors
from recommender.serving.model_cache import Model


def read_genres(movie_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ids of all genres in use, ascending, and (n_movies, n_genres) float32: 1 for its genres.

    movie_ids: ascending.
    """
    pairs = Movie.genres.through.objects.values_list("movie_id", "genre_id").iterator()
    links = np.fromiter((value for pair in pairs for value in pair), np.int64).reshape(-1, 2)
    links = links[np.isin(links[:, 0], movie_ids)]
    genre_ids = np.unique(links[:, 1])
    matrix = np.zeros((len(movie_ids), len(genre_ids)), np.float32)
    rows = np.searchsorted(movie_ids, links[:, 0])
    matrix[rows, np.searchsorted(genre_ids, links[:, 1])] = 1
    return genre_ids, matrix


@dataclass(frozen=True)
class RunGenres:
    """Genres of the movies of one run, as they were when this process first needed them."""

    items: ItemFactors
    genre_ids: np.ndarray  # (n_genres,) ascending
    matrix: np.ndarray  # (n_items, n_genres) bool

    @cached_property
    def regression(self) -> GenreRegression:
        """Predicts the interest vector of a movie without ratings from its genres."""
        known = self.items.is_rated
        return GenreRegression.fit(self.items.interest[known], self.matrix[known])

    def of(self, movie: Movie) -> np.ndarray:
        """(n_genres,) bool: the genres that the movie has now."""
        own = [genre.pk for genre in movie.genre_list]
        return np.isin(self.genre_ids, own)

    def overlap(self, genres: np.ndarray) -> np.ndarray:
        """(n_items,) Jaccard similarity: shared genres / all genres of the two movies."""
        shared = (self.matrix & genres).sum(axis=1)
        return shared / np.maximum((self.matrix | genres).sum(axis=1), 1)


_reading = threading.Lock()


def genres_of_run(model: Model) -> RunGenres:
    """Read once per process and run."""
    with _reading:
        if "genres" not in model.derived:
            genre_ids, matrix = read_genres(model.items.item_ids)
            model.derived["genres"] = RunGenres(model.items, genre_ids, matrix > 0)
        return model.derived["genres"]


def decades_of_run(model: Model) -> np.ndarray:
    """(n_items,) first year of each movie's decade, 0 where unknown; read once a run."""
    if "decades" not in model.derived:
        years = dict(Movie.objects.exclude(year=None).values_list("pk", "year"))
        ids = model.items.item_ids.tolist()
        model.derived["decades"] = np.array([years.get(pk, 0) // 10 * 10 for pk in ids])
    return model.derived["decades"]
