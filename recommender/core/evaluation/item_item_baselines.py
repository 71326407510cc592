"""Baselines from the similarity of items: neighbours, EASE, SLIM.

They hold a square of the catalogue, and so know the most rated items only.
"""

from __future__ import annotations

from copy import copy
from typing import Self

import numpy as np

from recommender.core.evaluation.baselines import (
    CHEAP,
    BiasOnly,
    GlobalMean,
    Rows,
    item_counts,
)
from recommender.core.ratings import Float32, Float64, Int64, Ratings

# Item x item matrices are for the most rated items only; the rest has no neighbours worth having.
MOST_ITEMS_IN_A_SQUARE = 5000
# Similarities settle long before; more users would only cost hours on a large site.
MOST_PEOPLE_IN_A_SQUARE = 20_000
_PEOPLE_AT_ONCE = 2048
_COLUMNS_AT_ONCE = 256


class ItemNeighbours:
    """Item k-nearest-neighbours on bias residuals (Koren 2010, section 2.2).

    r_ui = b_ui + sum_j s_ij (r_uj - b_uj) / (sum_j |s_ij| + damping), over the `n_neighbours`
    rated items most similar to i; s = correlation x n_ij / (n_ij + shrinkage). Ranks by the sum
    of the similarities alone.
    """

    name = "item neighbours"
    predicts, ranks, ranks_new_users, needs_times = True, True, False, False

    def __init__(self, ratings: Ratings, n_neighbours: int = 40, shrinkage: float = 100.0) -> None:
        self.biases = BiasOnly(ratings)
        self.n_neighbours = n_neighbours
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

    def for_person(
        self, item_index: Int64, stars: Float32, times: Float64 | None = None
    ) -> Float32:
        rated = self.table.columns_of(item_index)
        near = np.maximum(self.similarity[rated], 0.0)
        return self.table.to_all_items(near.sum(axis=0))


class _LinearModel(GlobalMean):
    """score = X B, with X the 0/1 matrix of who rated what and B an item x item matrix."""

    predicts, ranks, ranks_new_users = False, True, False
    weights: Float32  # B

    def __init__(self, ratings: Ratings) -> None:
        super().__init__(ratings)
        self.table = _Table(ratings)

    def for_users_of(self, ratings: Ratings) -> Self:
        other = copy(self)
        other.table = _Table(ratings, self.table.columns)
        return other

    def score(self, users: Rows) -> Float32:
        return self.table.to_all_items(self.table.dense(users) @ self.weights)

    def for_person(
        self, item_index: Int64, stars: Float32, times: Float64 | None = None
    ) -> Float32:
        rated = self.table.columns_of(item_index)
        return self.table.to_all_items(self.weights[rated].sum(axis=0))


class Ease(_LinearModel):
    """EASE: the linear item-item model in closed form (Steck, WWW 2019).

    B = I - P diag(P)^-1, P = (X'X + ridge I)^-1, X the 0/1 matrix of who rated what.
    """

    name = "EASE"

    def __init__(self, ratings: Ratings, ridge: float = 300.0) -> None:
        super().__init__(ratings)
        matrix = self.table.gram(np.ones_like(ratings.stars)).astype(np.float64)
        matrix[np.diag_indices_from(matrix)] += ridge
        inverse = np.linalg.inv(matrix)
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        self.weights = weights.astype(np.float32)


class Slim(_LinearModel):
    """SLIM: the sparse linear item-item model (Ning & Karypis, ICDM 2011).

    min_B |X - X B|^2 / 2 + l2 |B|^2 / 2 + l1 |B|_1, B >= 0, diag B = 0, by coordinate descent on
    G = X'X. As in the paper's fsSLIM only the n_neighbours nearest items (cosine) of each item may
    have a weight. The columns of B do not depend on each other: a step is one coordinate of many.
    """

    name = "SLIM"

    def __init__(
        self,
        ratings: Ratings,
        l1: float = 1.0,
        l2: float = 50.0,
        n_neighbours: int = 100,
        n_sweeps: int = 10,
    ) -> None:
        super().__init__(ratings)
        gram = self.table.gram(np.ones_like(ratings.stars))
        self.l1, self.l2, self.n_sweeps = l1, l2, n_sweeps
        size = gram.shape[0]
        lengths = np.sqrt(np.maximum(np.diag(gram), 1.0))
        n_neighbours = min(n_neighbours, size - 1)
        self.weights = np.zeros_like(gram)
        for start in range(0, size if n_neighbours > 0 else 0, _COLUMNS_AT_ONCE):
            columns = np.arange(start, min(start + _COLUMNS_AT_ONCE, size))
            cosine = gram[columns] / lengths
            cosine[np.arange(columns.size), columns] = -1.0  # never its own neighbour
            near = np.argpartition(-cosine, n_neighbours - 1, axis=1)[:, :n_neighbours]
            self.weights[near, columns[:, None]] = self._descend(gram, columns, near)

    def _descend(self, gram: Float32, columns: Int64, near: Int64) -> Float32:
        """(b, n_neighbours) the weights of the neighbours in each of b columns."""
        among = gram[near.T[:, :, None], near]  # (n_neighbours, b, n_neighbours)
        target, own = gram[columns[:, None], near], gram[near, near]
        weights = np.zeros(near.shape, np.float32)
        for _ in range(self.n_sweeps):
            for k, row in enumerate(among):
                rest = target[:, k] - np.einsum("bk,bk->b", row, weights)
                rest += own[:, k] * weights[:, k]
                weights[:, k] = np.maximum(rest - self.l1, 0.0) / (own[:, k] + self.l2)
        return weights


ALL = (*CHEAP, ItemNeighbours, Ease, Slim)


class _Table:
    """The ratings as a users x items table of the most rated items, dense a few users at a time."""

    def __init__(self, ratings: Ratings, columns: Int64 | None = None) -> None:
        counts = item_counts(ratings)
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

    def columns_of(self, item_index: Int64) -> Int64:
        """The columns of some items, without the items that have none."""
        columns = self.column_of[item_index]
        return np.asarray(columns[columns >= 0], np.int64)

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
        """(..., n_items) from (..., columns): items without a column rank last."""
        out = np.full((*scores.shape[:-1], self.n_items), -np.inf, np.float32)
        out[..., self.columns] = scores
        return out
