"""Factors for items that nobody has rated.

**In a fit**, estimated from their genres:

    row_i ~ mean + <genres_i - mean genres, B>

by ridge regression on the rated items, each counted once: an average item of its genres, not an
average favourite.

**After it**, from items that are like them (`place_items`):

    row = sum_i s_i c_i row_i / sum_i s_i c_i,   c_i = n_i / (n_i + 5)

over the `NEIGHBOURS` rated items most like the new one (s_i: how much alike, c_i: how well known)
and a share `PRIOR` of the mean item, so that one look-alike does not decide. The variance is that
of the neighbours plus how far they lie apart: little is known, and intervals say so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float32, Float64

RIDGE = 5.0
NEIGHBOURS = 30
PRIOR = 1.0
_RATINGS_FOR_HALF = 5.0


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


def place_items(items: ItemFactors, item_ids: Any, likeness: Any) -> ItemFactors:
    """The new items alone, without ratings.

    item_ids: (m,) their ids; likeness: (m, n_items), 0 for items that share nothing.
    """
    known = np.flatnonzero(items.is_rated)
    ranking = items.ranking[known].astype(np.float64)
    columns = [ranking, items.implicit[known], items.variance[known]]
    trust = items.n_ratings[known] / (items.n_ratings[known] + _RATINGS_FOR_HALF)
    rows: list[tuple[Float64, ...]] = []
    for alike in np.asarray(likeness, np.float64).reshape(-1, items.n_items):
        weights = alike[known] * trust
        if weights.size > NEIGHBOURS:
            weights[weights < np.partition(weights, -NEIGHBOURS)[-NEIGHBOURS]] = 0.0
        weights = weights + PRIOR * trust / max(trust.sum(), 1e-12)
        weights /= max(weights.sum(), 1e-12)
        mean, mean_implicit, mean_variance = (weights @ column for column in columns)
        first = items.interest.shape[1]
        apart = weights @ (ranking[:, first:-1] - mean[first:-1]) ** 2
        rows.append((mean, mean_implicit, mean_variance + apart))
    ranked, implicit, variance = (
        np.array([row[place] for row in rows], np.float32) for place in range(3)
    )
    ids = np.asarray(item_ids, np.int64)
    no_ratings = np.zeros(ids.size, np.int32)
    return ItemFactors.from_ranking(ids, no_ratings, ranked, implicit, variance, items.summary())


def with_placed(items: ItemFactors, placed: ItemFactors) -> ItemFactors:
    """Both, the placed ones last: rows of `items` stay, but ids are not sorted any more."""

    def joined(name: str) -> Any:
        return np.concatenate([getattr(items, name), getattr(placed, name)])

    names = ("item_ids", "n_ratings", "bias", "vectors", "implicit", "interest", "variance")
    return replace(items, **{name: joined(name) for name in names})
