"""What a fit leaves behind: the items, which serving needs, and one stored row for each user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from recommender.core.covariance import gram_and_covariance
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.interval_weights import IntervalWeights
from recommender.core.ratings import Float32, Float64, Int32, Int64, Ratings, find_rows

# The confidence in an item with this many ratings is one half.
_RATINGS_FOR_HALF = 2.0
# Vectors are gathered for so many pairs at a time: for 5 million they would be gigabytes.
_PAIRS_AT_ONCE = 1 << 17


@dataclass(frozen=True)
class ItemFactors:
    """The items of both blocks: enough to predict, rank, fold in and explain for any user.

    Predicted stars of item i for a user with bias b_u and vector u:

        r_ui = mu + b_u + b_i + <u, vectors_i>

    >>> items = factors.items
    >>> items.item_ids, items.vectors.shape
    (array([10, 20, 30, 40, 50, 60]), (6, 2))
    >>> items.index_of([30, 99])
    array([ 2, -1])
    """

    global_mean: float
    item_ids: Int64  # (n_items,) sorted
    n_ratings: Int32  # (n_items,) in the fit
    bias: Float32  # (n_items,)
    vectors: Float32  # (n_items, k) factors with the who-rated part folded in
    implicit: Float32  # (n_items, k) y_j: what having rated j says about a user
    interest: Float32  # (n_items, k2)
    variance: Float32  # (n_items, k) posterior variance of `vectors`
    mean_user_bias: float
    mean_user_vector: Float32  # (k,)
    mean_interest: Float32  # (k2,)
    noise: float  # variance of a rating around its prediction
    user_strength: float  # prior precision of each coordinate of a user's vector
    user_bias_strength: float  # prior precision of a user's bias
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    interval_weights: IntervalWeights = field(default_factory=IntervalWeights)

    @property
    def n_items(self) -> int:
        return int(self.item_ids.size)

    def index_of(self, item_ids: Any) -> Int64:
        """Row of each item id, -1 where the fit did not know it."""
        return find_rows(self.item_ids, item_ids)

    @cached_property
    def is_rated(self) -> Any:
        """(n_items,) which items have a rating in the fit; the others stand on genres alone."""
        return self.n_ratings > 0

    @cached_property
    def weight(self) -> Float32:
        """(n_items,) |U_i|^-1/2, the weight of each rater in an item's who-rated part."""
        counts = np.maximum(self.n_ratings, 1)
        return np.where(self.is_rated, 1.0 / np.sqrt(counts), 0.0).astype(np.float32)

    @cached_property
    def interest_lengths(self) -> Float32:
        """(n_items,) the length of each interest vector."""
        return np.asarray(np.sqrt(np.einsum("nd,nd->n", self.interest, self.interest)), np.float32)

    @cached_property
    def lifts(self) -> dict[float, Float32]:
        """(n_items,) by boldness, filled by `boldness.lift_of`: raising to a power takes time."""
        return {}

    @cached_property
    def interest_gram(self) -> Float64:
        """(k2, k2) F'F over the rated items."""
        return self._interest_products[0]

    @cached_property
    def interest_covariance(self) -> Float64:
        """(k2, k2) covariance of the interest vectors of the rated items."""
        return self._interest_products[1]

    @cached_property
    def stars_covariance(self) -> Float64:
        """(1 + k, 1 + k) covariance of [bias, vector] of the rated items."""
        stars = self.ranking[:, self.interest.shape[1] :]  # [vector, bias]
        return np.roll(gram_and_covariance(stars, self.is_rated)[1], 1, axis=(0, 1))

    @cached_property
    def _interest_products(self) -> tuple[Float64, Float64]:
        return gram_and_covariance(self.interest, self.is_rated)

    @cached_property
    def confidence(self) -> Float32:
        """(n_items,) n^2 / (n^2 + 4): how far a list trusts what is known of an item.

        One that hardly anybody rated is not lifted by the little that is known, but drawn towards
        a standard deviation below the average one.
        """
        squares = self.n_ratings.astype(np.float32) ** 2
        return np.asarray(squares / (squares + np.float32(_RATINGS_FOR_HALF**2)), np.float32)

    @cached_property
    def ranking(self) -> Float32:
        """(n_items, k2 + k + 1) the ranking vectors [interest, vector, bias].

        After `from_parts` the one copy of them all: `interest` and `vectors` are views of it. A
        weight for each item, such as `confidence`, belongs on the scores and not in here.
        """
        return np.concatenate([self.interest, self.vectors, self.bias[:, None]], axis=1)

    def prepare(self) -> ItemFactors:
        """Work out all that answers need beside the rows, before the first of them asks."""
        for name in _PREPARED:
            getattr(self, name)
        return self

    def arrays(self) -> dict[str, Any]:
        """All that `prepare` works out and the rows it stands on; see `from_arrays`."""
        return {name: getattr(self, name) for name in (*_ROWS, *_PREPARED)}

    def summary(self) -> dict[str, Any]:
        """The constants beside the per-item arrays, JSON-safe; see `from_parts`."""
        return {
            "global_mean": self.global_mean,
            "mean_user_bias": self.mean_user_bias,
            "mean_user_vector": self.mean_user_vector.tolist(),
            "mean_interest": self.mean_interest.tolist(),
            "noise": self.noise,
            "user_strength": self.user_strength,
            "user_bias_strength": self.user_bias_strength,
            "hyperparameters": self.hyperparameters.to_dict(),
            "spread": self.interval_weights.to_dict(),
        }

    def with_rows(self, rows: Any, item_ids: Int64) -> ItemFactors:
        """Only these rows, under other ids.

        rows: (m,); item_ids: (n_items,) the new id of each present row.
        """
        kept = np.asarray(rows, np.int64)
        kept = kept[np.argsort(item_ids[kept], kind="stable")]
        return ItemFactors.from_ranking(
            item_ids[kept],
            self.n_ratings[kept],
            self.ranking[kept],
            self.implicit[kept],
            self.variance[kept],
            self.summary(),
        )

    @classmethod
    def from_parts(
        cls,
        item_ids: Any,
        n_ratings: Any,
        bias: Any,
        vectors: Any,
        implicit: Any,
        interest: Any,
        variance: Any,
        summary: Mapping[str, Any],
    ) -> ItemFactors:
        """Rebuild exactly from the per-item arrays (rows in any order) and `summary()`."""
        ids = np.asarray(item_ids, np.int64)
        order = np.argsort(ids, kind="stable")
        ranking = np.concatenate([interest, vectors, np.reshape(bias, (-1, 1))], axis=1)
        return cls.from_ranking(
            ids[order],
            np.asarray(n_ratings, np.int32)[order],
            np.asarray(ranking, np.float32)[order],
            np.asarray(implicit, np.float32)[order],
            np.asarray(variance, np.float32)[order],
            summary,
        )

    @classmethod
    def from_ranking(
        cls,
        item_ids: Int64,
        n_ratings: Int32,
        ranking: Float32,
        implicit: Float32,
        variance: Float32,
        summary: Mapping[str, Any],
        bias: Float32 | None = None,
    ) -> ItemFactors:
        """The same from rows in the order of their ids, without copying one of the large arrays.

        ranking: (n_items, k2 + k + 1) as the property of that name; its k is that of `implicit`.
        bias: its last column, if that exists as an array of its own.
        """
        k2 = ranking.shape[1] - 1 - implicit.shape[1]
        items = cls(
            global_mean=float(summary["global_mean"]),
            item_ids=item_ids,
            n_ratings=n_ratings,
            bias=ranking[:, -1].copy() if bias is None else bias,
            vectors=ranking[:, k2:-1],
            implicit=implicit,
            interest=ranking[:, :k2],
            variance=variance,
            mean_user_bias=float(summary["mean_user_bias"]),
            mean_user_vector=np.asarray(summary["mean_user_vector"], np.float32),
            mean_interest=np.asarray(summary["mean_interest"], np.float32),
            noise=float(summary["noise"]),
            user_strength=float(summary["user_strength"]),
            user_bias_strength=float(summary["user_bias_strength"]),
            hyperparameters=Hyperparameters.from_dict(summary["hyperparameters"]),
            interval_weights=IntervalWeights.from_dict(summary.get("spread")),
        )
        vars(items)["ranking"] = ranking  # what the cached property would have copied together
        return items

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any], summary: Mapping[str, Any]) -> ItemFactors:
        """Rebuild exactly from `arrays()` and `summary()`; nothing is copied or worked out again.

        >>> items = factors.items
        >>> again = ItemFactors.from_arrays(items.arrays(), items.summary())
        >>> np.shares_memory(again.vectors, items.ranking)
        True
        """
        rows = {name: arrays[name] for name in _ROWS}
        items = cls.from_ranking(**rows, summary=summary)
        vars(items).update((name, arrays[name]) for name in _PREPARED)
        return items


@dataclass(frozen=True)
class StarsSolution:
    """The rating block's normal equations A theta = sum of `right`, and their solution."""

    rows: Float64  # (n, 1 + k) G_i
    right: Float64  # (n, 1 + k) each rating's part of the right side
    matrix: Float64  # (1 + k, 1 + k) A, symmetric and positive definite
    mean_user: Float64  # (1 + k,) [b, t m], the mean user's part
    prior: Float64  # (k,) z
    share: float  # (1 - t) n^-1/2, each y_j's weight in z
    weights: Float64  # (n,) v_i, by the age of each rating

    @cached_property
    def theta(self) -> Float64:
        """(1 + k,) d; a list needs no more, and it costs less than half of A^-1."""
        return np.asarray(np.linalg.solve(self.matrix, self.right.sum(axis=0)))

    @cached_property
    def covariance(self) -> Float64:
        """(1 + k, 1 + k) A^-1, for reasons and intervals."""
        return np.asarray(np.linalg.inv(self.matrix))


@dataclass(frozen=True)
class UserVector:
    """One user as the model sees them, from `fold_in` or from a stored row.

    >>> UserVector.mean_of(factors.items).n_ratings
    0
    """

    bias: float
    vector: Float32  # (k,) including the part from what was rated
    interest: Float32  # (k2,)
    n_ratings: int
    solution: StarsSolution | None = None  # None for a stored row and the mean user

    @property
    def covariance(self) -> Float64 | None:
        """(1 + k, 1 + k) of [bias, vector]; None without a solution."""
        return None if self.solution is None else self.solution.covariance

    @classmethod
    def mean_of(cls, items: ItemFactors) -> UserVector:
        """The mean user, who stands for anyone without ratings."""
        return cls(items.mean_user_bias, items.mean_user_vector, items.mean_interest, 0)


@dataclass(frozen=True)
class Epoch:
    """Progress of a fit, handed to `on_epoch` after each pass over the ratings.

    >>> factors.curve[0].block, factors.curve[0].epoch, factors.curve[0].n_epochs
    ('rating', 1, 60)
    >>> factors.curve[59].train_rmse < factors.curve[0].train_rmse
    True
    """

    block: str  # "pilot", "rating" or "interest"
    epoch: int  # from 1
    n_epochs: int
    train_rmse: float
    validation_rmse: float | None = None


@dataclass(frozen=True)
class Factors:
    """The result of a fit. A user's row is what `fold_in` gives for that user's ratings.

    >>> factors.predict(user_ids=[1, 1], item_ids=[10, 20]).round()
    array([5., 2.], dtype=float32)
    >>> factors.items.item_ids[factors.rated_by(1)]
    array([20, 30, 40, 50])
    """

    items: ItemFactors
    user_ids: Int64  # (n_users,) sorted
    user_bias: Float32  # (n_users,)
    user_factors: Float32  # (n_users, k)
    user_implicit: Float32  # (n_users, k) x_u: what u having rated an item says about it
    user_interest: Float32  # (n_users, k2)
    ratings: Ratings
    seed: int
    curve: tuple[Epoch, ...] = ()
    metrics: dict[str, Any] = field(default_factory=dict)

    def predict(self, user_ids: Any, item_ids: Any) -> Float32:
        """Stars for pairs of ids, float32, not clipped.

        A user the fit does not know is the mean user; an item it does not know has bias and vector
        zero.
        """
        users, movies = np.broadcast_arrays(np.asarray(user_ids), np.asarray(item_ids))
        pieces = [slice(at, at + _PAIRS_AT_ONCE) for at in range(0, users.size, _PAIRS_AT_ONCE)]
        stars = [self._predict(users.ravel()[own], movies.ravel()[own]) for own in pieces]
        return np.concatenate([np.empty(0, np.float32), *stars])

    def _predict(self, user_ids: Any, item_ids: Any) -> Float32:
        items = self.items
        i = items.index_of(item_ids)
        u = find_rows(self.user_ids, user_ids)
        user_bias = np.append(self.user_bias, np.float32(items.mean_user_bias))[u]
        stars = items.global_mean + user_bias + np.append(items.bias, np.float32(0))[i]
        known = np.flatnonzero(i >= 0)
        person = np.where((u >= 0)[:, None], self.user_factors[u], items.mean_user_vector)
        stars[known] += np.einsum("nd,nd->n", person[known], items.vectors[i[known]])
        return np.asarray(stars, np.float32)

    def with_interval_weights(self, weights: IntervalWeights) -> Factors:
        """The same factors with the weights that a fit without some ratings was calibrated to."""
        return replace(self, items=replace(self.items, interval_weights=weights))

    def rated_by(self, user_id: int) -> Int64:
        """Rows of the items this user rated in the fit."""
        row = int(find_rows(self.user_ids, [user_id])[0])
        if row < 0:
            return np.empty(0, np.int64)
        own = slice(self._starts[row], self._starts[row + 1])
        return self._items_by_user[own].astype(np.int64)

    def user_vector(self, row: int) -> UserVector:
        """The stored row of one user."""
        return UserVector(
            bias=float(self.user_bias[row]),
            vector=self.user_factors[row],
            interest=self.user_interest[row],
            n_ratings=int(self._starts[row + 1] - self._starts[row]),
        )

    @cached_property
    def _starts(self) -> Int64:
        """(n_users + 1,) where the ratings of each user begin, grouped by user."""
        counts = np.bincount(self.ratings.user_index, minlength=self.user_ids.size)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    @cached_property
    def _items_by_user(self) -> Int32:
        users = self.ratings.user_index
        if bool(np.all(users[1:] >= users[:-1])):
            return self.ratings.item_index
        return self.ratings.item_index[np.argsort(users, kind="stable")]


_ROWS = ("item_ids", "n_ratings", "bias", "ranking", "implicit", "variance")
_PREPARED = (
    "is_rated",
    "weight",
    "interest_gram",
    "interest_covariance",
    "stars_covariance",
    "interest_lengths",
    "confidence",
    "ranking",
)
