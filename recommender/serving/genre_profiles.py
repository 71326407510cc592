"""The genres of a run's movies beside its factors, for movies that stand on genres alone."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from movies.models import Movie
from recommender.core import GenreRegression, ItemFactors
from recommender.serving.model_cache import Model


def read_genres(movie_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ids of all genres in use, ascending, and (n_movies, n_genres) float32, 1 where it has one.

    movie_ids: ascending. Links of other movies are left out.
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
    """Genres of the movies of one run, as they were when the process first asked."""

    items: ItemFactors
    genre_ids: np.ndarray  # (n_genres,) ascending
    matrix: np.ndarray  # (n_items, n_genres) bool

    @cached_property
    def regression(self) -> GenreRegression:
        """How this run places movies without ratings among the interest vectors."""
        known = self.items.is_rated
        return GenreRegression.fit(self.items.interest[known], self.matrix[known])

    def of(self, movie: Movie) -> np.ndarray:
        """(n_genres,) which genres the movie has now."""
        own = [genre.pk for genre in movie.genres.all()]
        return np.isin(self.genre_ids, own)

    def overlap(self, genres: np.ndarray) -> np.ndarray:
        """(n_items,) shared genres over all genres of the two."""
        shared = (self.matrix & genres).sum(axis=1)
        return shared / np.maximum((self.matrix | genres).sum(axis=1), 1)


_reading = threading.Lock()


def genres_of_run(model: Model) -> RunGenres:
    """Read once for each process and run; asked for only by movies without ratings."""
    with _reading:
        if "genres" not in model.beside:
            genre_ids, matrix = read_genres(model.items.item_ids)
            model.beside["genres"] = RunGenres(model.items, genre_ids, matrix > 0)
        return model.beside["genres"]
