"""Baselines that a model must beat: means, popularity, item neighbours, EASE.

Each baseline is made from `Ratings` and takes and returns rows of their vocabularies:
`predict(users, items)` gives stars, `score(users)` a (b, n_items) matrix to rank by. A baseline
made for one of the two does the nearest thing it can for the other.
"""

from __future__ import annotations

from copy import copy
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from recommender.core.ratings import Float32, Float64, Int64, Ratings

Rows = npt.NDArray[np.integer]

# Item x item matrices are for the most rated items only; the rest has no neighbours worth having.
MOST_ITEMS_IN_A_SQUARE = 5000
# Similarities settle long before; more users would only cost hours on a large site.
MOST_PEOPLE_IN_A_SQUARE = 20_000
_PEOPLE_AT_ONCE = 2048


class Baseline(Protocol):
    """Anything that predicts stars and ranks items."""

    name: str
    predicts: bool  # has an opinion of its own on stars
    ranks: bool  # ... and on what comes first
    ranks_new_users: bool  # ... of a user without a single rating, too

    def predict(self, users: Rows, items: Rows) -> Float32: ...

    def score(self, users: Rows) -> Float32: ...

    def for_users_of(self, ratings: Ratings) -> Self:
        """The same model of the items, for the users of other ratings.

        Vocabulary of items as in what it was made from.
        """
        ...


class GlobalMean:
    """r_ui = mu; every item ties."""

    name = "global mean"
    predicts, ranks, ranks_new_users = True, False, False

    def __init__(self, ratings: Ratings) -> None:
        self.mean = float(ratings.stars.mean(dtype=np.float64))
        self.n_items = ratings.n_items

    def predict(self, users: Rows, items: Rows) -> Float32:
        return np.full(np.broadcast(users, items).shape, self.mean, np.float32)

    def score(self, users: Rows) -> Float32:
        return np.zeros((users.size, self.n_items), np.float32)

    def for_users_of(self, ratings: Ratings) -> Self:
        return self


class DampedItemMean:
    """r_ui = (sum of the item's stars + damping mu) / (n_i + damping)."""

    name = "damped item mean"
    predicts, ranks, ranks_new_users = True, True, True

    def __init__(self, ratings: Ratings, damping: float = 25.0) -> None:
        counts, mean = _counts(ratings), ratings.stars.mean(dtype=np.float64)
        sums = np.bincount(ratings.item_index, ratings.stars, minlength=ratings.n_items)
        self.means = ((sums + damping * mean) / (counts + damping)).astype(np.float32)

    def predict(self, users: Rows, items: Rows) -> Float32:
        return np.broadcast_arrays(self.means[items], users)[0].copy()

    def score(self, users: Rows) -> Float32:
        return np.tile(self.means, (users.size, 1))

    def for_users_of(self, ratings: Ratings) -> Self:
        return self


class BiasOnly:
    """r_ui = mu + b_u + b_i, damped least squares by alternation (Koren 2010, section 2.1)."""

    name = "biases only"
    predicts, ranks, ranks_new_users = True, True, True

    def __init__(
        self,
        ratings: Ratings,
        user_damping: float = 10.0,
        item_damping: float = 5.0,
        n_rounds: int = 10,
    ) -> None:
        self.mean = float(ratings.stars.mean(dtype=np.float64))
        self.user_bias = np.zeros(ratings.n_users)
        self.item_bias = np.zeros(ratings.n_items)
        self.user_damping = user_damping
        users, items = ratings.user_index, ratings.item_index
        item_counts = _counts(ratings) + item_damping
        residual = ratings.stars.astype(np.float64) - self.mean
        for _ in range(n_rounds):
            left = residual - self.user_bias[users]
            self.item_bias = np.bincount(items, left, minlength=ratings.n_items) / item_counts
            self.user_bias = self._solve_users(ratings)

    def _solve_users(self, ratings: Ratings) -> Float64:
        left = ratings.stars.astype(np.float64) - self.mean - self.item_bias[ratings.item_index]
        sums = np.bincount(ratings.user_index, left, minlength=ratings.n_users)
        counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
        return np.asarray(sums / (counts + self.user_damping))

    def for_users_of(self, ratings: Ratings) -> Self:
        other = copy(self)
        other.user_bias = self._solve_users(ratings)
        return other

    def predict(self, users: Rows, items: Rows) -> Float32:
        return (self.mean + self.user_bias[users] + self.item_bias[items]).astype(np.float32)

    def score(self, users: Rows) -> Float32:
        return np.tile(self.item_bias.astype(np.float32), (users.size, 1))


class Popularity(GlobalMean):
    """Ranks by number of ratings, the same list for everyone."""

    name = "popularity"
    predicts, ranks, ranks_new_users = False, True, True

    def __init__(self, ratings: Ratings) -> None:
        super().__init__(ratings)
        self.counts = _counts(ratings).astype(np.float32)

    def score(self, users: Rows) -> Float32:
        return np.tile(self.counts, (users.size, 1))


class ItemNeighbours:
    """Item k-nearest-neighbours on bias residuals (Koren 2010, section 2.2).

    r_ui = b_ui + sum_j s_ij (r_uj - b_uj) / (sum_j |s_ij| + damping), over the `n_neighbours`
    rated items most similar to i; s = correlation x n_ij / (n_ij + shrinkage). Ranks by the sum
    of the similarities alone.
    """

    name = "item neighbours"
    predicts, ranks, ranks_new_users = True, True, False

    def __init__(self, ratings: Ratings, n_neighbours: int = 40, shrinkage: float = 100.0) -> None:
        self.biases = BiasOnly(ratings)
        self.n_neighbours, self.n_items = n_neighbours, ratings.n_items
        self.table = _Table(ratings)
        base = self.biases.predict(ratings.user_index, ratings.item_index)
        self.residual = ratings.stars - base
        products = self.table.gram(self.residual)
        both = self.table.gram(np.ones_like(self.residual))
        squares = self.table.gram(self.residual**2, np.ones_like(self.residual))
        scale = np.sqrt(squares * squares.T) + 1e-6
        self.similarity = products / scale * (both / (both + shrinkage))
        np.fill_diagonal(self.similarity, 0.0)

    def for_users_of(self, ratings: Ratings) -> Self:
        other = copy(self)
        other.biases = self.biases.for_users_of(ratings)
        other.table = _Table(ratings, self.table.columns)
        base = other.biases.predict(ratings.user_index, ratings.item_index)
        other.residual = ratings.stars - base
        return other

    def predict(self, users: Rows, items: Rows) -> Float32:
        stars = self.biases.predict(users, items)
        columns = self.table.column_of[items]
        for user in np.unique(users):
            rated, values = self.table.row(int(user), self.residual)
            own = np.flatnonzero((users == user) & (columns >= 0))
            if rated.size and own.size:
                stars[own] += self._shift(self.similarity[columns[own]][:, rated], values)
        return stars

    def _shift(self, similarity: Float32, values: Float32) -> Float32:
        k = min(self.n_neighbours, values.size)
        nearest = np.argpartition(-similarity, k - 1, axis=1)[:, :k]
        weight = np.maximum(np.take_along_axis(similarity, nearest, axis=1), 0.0)
        return np.asarray((weight * values[nearest]).sum(1) / (weight.sum(1) + 0.05), np.float32)

    def score(self, users: Rows) -> Float32:
        return self.table.to_all_items(self.table.dense(users) @ np.maximum(self.similarity, 0.0))


class Ease(GlobalMean):
    """EASE: the linear item-item model in closed form (Steck, WWW 2019).

    B = I - P diag(P)^-1, P = (X'X + ridge I)^-1, X the 0/1 matrix of who rated what.
    """

    name = "EASE"
    predicts, ranks, ranks_new_users = False, True, False

    def __init__(self, ratings: Ratings, ridge: float = 300.0) -> None:
        super().__init__(ratings)
        self.table = _Table(ratings)
        matrix = self.table.gram(np.ones_like(ratings.stars)).astype(np.float64)
        matrix[np.diag_indices_from(matrix)] += ridge
        inverse = np.linalg.inv(matrix)
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        self.weights = weights.astype(np.float32)

    def for_users_of(self, ratings: Ratings) -> Self:
        other = copy(self)
        other.table = _Table(ratings, self.table.columns)
        return other

    def score(self, users: Rows) -> Float32:
        return self.table.to_all_items(self.table.dense(users) @ self.weights)


# Linear in the number of ratings; the others square the number of items.
CHEAP = (GlobalMean, DampedItemMean, BiasOnly, Popularity)
ALL = (*CHEAP, ItemNeighbours, Ease)


class _Table:
    """The ratings as a users x items table of the most rated items, dense a few users at a time."""

    def __init__(self, ratings: Ratings, columns: Int64 | None = None) -> None:
        counts = _counts(ratings)
        if columns is None:
            columns = np.sort(np.argsort(-counts, kind="stable")[:MOST_ITEMS_IN_A_SQUARE])
        self.columns = columns
        self.column_of = np.full(ratings.n_items, -1, np.int64)
        self.column_of[self.columns] = np.arange(self.columns.size)
        order = np.argsort(ratings.user_index, kind="stable")
        self.order = order[self.column_of[ratings.item_index[order]] >= 0]
        self.rated = self.column_of[ratings.item_index[self.order]]
        people = ratings.user_index[self.order]
        self.starts = np.searchsorted(people, np.arange(ratings.n_users + 1))
        self.n_items = ratings.n_items

    def row(self, user: int, values: Float32) -> tuple[Int64, Float32]:
        own = slice(self.starts[user], self.starts[user + 1])
        return self.rated[own], values[self.order[own]]

    def dense(self, users: Rows, values: Float32 | None = None) -> Float32:
        """(b, columns): values (default 1) where rated, else 0."""
        out = np.zeros((users.size, self.columns.size), np.float32)
        for k, user in enumerate(users.tolist()):
            own = slice(self.starts[user], self.starts[user + 1])
            out[k, self.rated[own]] = 1.0 if values is None else values[self.order[own]]
        return out

    def gram(self, left: Float32, right: Float32 | None = None) -> Float32:
        """L'R over all users, or as many as it takes."""
        out = np.zeros((self.columns.size, self.columns.size), np.float32)
        everyone = np.random.default_rng(0).permutation(self.starts.size - 1)
        asked = np.sort(everyone[:MOST_PEOPLE_IN_A_SQUARE])
        for start in range(0, asked.size, _PEOPLE_AT_ONCE):
            users = asked[start : start + _PEOPLE_AT_ONCE]
            first = self.dense(users, left)
            out += first.T @ (first if right is None else self.dense(users, right))
        return out

    def to_all_items(self, scores: Float32) -> Float32:
        """Scores of the columns as scores of all items; the others rank last."""
        out = np.full((scores.shape[0], self.n_items), -np.inf, np.float32)
        out[:, self.columns] = scores
        return out


def _counts(ratings: Ratings) -> Float64:
    return np.bincount(ratings.item_index, minlength=ratings.n_items).astype(np.float64)
