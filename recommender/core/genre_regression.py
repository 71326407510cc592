"""Factors for items that nobody has rated, estimated from their genres.

    row_i ~ mean + <genres_i - mean genres, B>

by ridge regression on the rated items, each counted once: an average item of its genres, not an
average favourite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.ratings import Float32, Float64

RIDGE = 5.0


@dataclass(frozen=True)
class GenreRegression:
    """Ridge regression of item rows on genres.

    >>> genres = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> rows = np.array([[4.0], [4.0], [2.0], [2.0]], np.float32)
    >>> GenreRegression.fit(rows, genres, ridge=1e-6).predict([[1, 0], [0, 1]]).round(2)
    array([[4.],
           [2.]])
    """

    mean_genres: Float64  # (n_genres,)
    mean: Float64  # (width,)
    slopes: Float64  # (n_genres, width) B

    @classmethod
    def fit(cls, rows: Float32, genres: Any, ridge: float = RIDGE) -> GenreRegression:
        """From the (n, width) rows of rated items and their (n, n_genres) genres."""
        known = np.asarray(genres, np.float64)
        mean_genres = known.mean(axis=0)
        centred = known - mean_genres
        mean = rows.mean(axis=0, dtype=np.float64)
        matrix = centred.T @ centred + ridge * np.eye(centred.shape[1])
        return cls(mean_genres, mean, np.linalg.solve(matrix, centred.T @ (rows - mean)))

    def predict(self, genres: Any) -> Float64:
        """(n, width) rows for items with these (n, n_genres) genres."""
        centred = np.asarray(genres, np.float64) - self.mean_genres
        return np.asarray(self.mean + centred @ self.slopes)


def fill_unrated(is_rated: Any, item_genres: Any, columns: list[Float32]) -> None:
    """Fill the rows of unrated items in each of the `columns`, in place.

    is_rated: (n_items,); item_genres: (n_items, n_genres), or None to leave the rows as they are.

    Raises ValueError when the genres are those of another number of items.
    """
    if item_genres is None or is_rated.all():
        return
    genres = np.asarray(item_genres)
    if genres.shape[0] != is_rated.size:
        raise ValueError("item_genres needs one row for each of ratings.item_ids")
    for column in columns:
        regression = GenreRegression.fit(column[is_rated], genres[is_rated])
        column[~is_rated] = regression.predict(genres[~is_rated])
