"""Calibrate prediction intervals: their weights, learned from ratings that a fit has not seen.

Weighted quantile regression (Koenker & Bassett 1978) of the squared errors: the weighted sum of
the terms shall be exceeded by a fifth of them. At its optimum a fifth is exceeded
weighted by each source too, which is what makes the coverage right for light and heavy users and
for rare and well-known movies at once. Solved by repeated non-negative least squares.

Few data sets show users with less than 20 ratings, so some users are also asked as if they had
given only a few of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from recommender.core.evaluation.metrics import rows_of
from recommender.core.evaluation.splits import PERMUTATION_SEED
from recommender.core.explain.intervals import (
    UserUncertainty,
    half_width,
    uncertainty_terms,
)
from recommender.core.explain.user_ratings import UserRatings
from recommender.core.factors import Factors, ItemFactors
from recommender.core.interval_weights import IntervalWeights
from recommender.core.ratings import HIGHEST_STARS, LOWEST_STARS, Bool, Float64, Int64, Ratings

COVERAGE = 0.8
MAX_USERS = 1000
MAX_PER_USER = 50
FEW_RATINGS = (0, 1, 3, 8, 20)
MAX_USERS_WITH_FEW = 300
WEIGHT_OF_FEW = 0.1
# Rare kinds of ratings count up to this much more than their number.
MAX_WEIGHT = 3.0
USER_BUCKETS = ((0, 5), (6, 20), (21, 100), (101, None))
ITEM_BUCKETS = ((0, 0), (1, 5), (6, 20), (21, 100), (101, None))
Buckets = Sequence[tuple[int, int | None]]
_ROUNDS = 40
_NEAR = 1e-2


@dataclass(frozen=True)
class HeldOutUser:
    """One user, known by some ratings, and held-out ratings of the same user."""

    uncertainty: UserUncertainty
    item_index: Int64
    stars: Float64
    weight: float = 1.0

    def errors(self, items: ItemFactors) -> Float64:
        """Stars given beyond the prediction, which is clipped to the scale as users see it."""
        factors = items.vectors[self.item_index].astype(np.float64)
        predicted = items.global_mean + self.uncertainty.bias + factors @ self.uncertainty.vector
        predicted += items.bias[self.item_index]
        return np.asarray(self.stars - np.clip(predicted, LOWEST_STARS, HIGHEST_STARS))


def calibrate(factors: Factors, held_out: Ratings, seed: int = 0) -> IntervalWeights:
    """Weights learned from ratings that `factors` has not seen, under the same vocabularies.

    >>> weights = calibrate(factors, ratings.take(np.arange(0, len(ratings), 4)))
    >>> bool((weights.as_array() >= 0).all())
    True
    """
    rng = np.random.default_rng(seed)
    people = _People(factors, held_out, rng.permutation(factors.user_ids.size)[:MAX_USERS])
    asked = people.ask(rng)
    for n_given in FEW_RATINGS:
        asked += people.ask(rng, n_given, WEIGHT_OF_FEW, MAX_USERS_WITH_FEW)
    if not asked:
        return IntervalWeights()
    items = factors.items
    error, weight, counts = _columns(items, asked)
    typical = _typical_error(asked)
    terms = np.concatenate(
        [uncertainty_terms(items, a.uncertainty, a.item_index, typical) for a in asked]
    )
    weight = weight * _rarity(weight, *counts)
    return IntervalWeights.of(_quantile_weights(terms, error**2, weight), typical)


def held_out_users(factors: Factors, held_out: Ratings, people: Int64) -> list[HeldOutUser]:
    """What is known of each of the users from the fit's ratings, beside some held-out ones."""
    return _People(factors, held_out, people).ask(np.random.default_rng(0))


class _People:
    """Some users, and their ratings in the fit and held out."""

    def __init__(self, factors: Factors, held_out: Ratings, people: Int64) -> None:
        self.factors, self.held_out, self.people = factors, held_out, people
        self.known = _in_time_order(factors.ratings, people)
        self.tests = rows_of(held_out, people)

    def ask(
        self,
        rng: np.random.Generator,
        n_given: int | None = None,
        weight: float = 1.0,
        most: int | None = None,
    ) -> list[HeldOutUser]:
        """The first `most` of them with something held out.

        n_given: know only that many of their ratings, the first; users with fewer are left out.
        """
        asked = []
        for row in self.people[:most].tolist():
            own, test = self.known[row], rng.permutation(self.tests[row])[:MAX_PER_USER]
            if n_given is not None:
                own = own[:n_given] if own.size >= n_given else own[:0]
            if not test.size or (n_given and not own.size):
                continue
            index = self.held_out.item_index[test].astype(np.int64)
            stars = self.held_out.stars[test].astype(np.float64)
            asked.append(HeldOutUser(self._uncertainty(row, own), index, stars, weight))
        return asked

    def _uncertainty(self, row: int, own: Int64) -> UserUncertainty:
        """Of a user with the ratings at `own`."""
        train, factors = self.factors.ratings, self.factors
        ratings = UserRatings(
            train.item_index[own],
            train.stars[own],
            np.ones(own.size, np.bool_),
            factors.user_implicit[row],
            None if train.times is None else train.times[own],
        )
        return UserUncertainty.of_ratings(factors.items, ratings)


def _in_time_order(ratings: Ratings, people: Int64) -> dict[int, Int64]:
    """The rows of each of the users, first to last; in the order given without times."""
    rows, times = rows_of(ratings, people), ratings.times
    if times is None:
        return rows
    ties = np.random.default_rng(PERMUTATION_SEED)
    return {
        user: own[np.lexsort((ties.random(own.size), times[own]))] for user, own in rows.items()
    }


@dataclass(frozen=True)
class Coverage:
    """The share of held-out ratings inside their 80 % intervals."""

    who: str
    share: float
    standard_error: float  # over users, whose errors hang together
    n_ratings: int


def coverage(items: ItemFactors, asked: list[HeldOutUser]) -> list[Coverage]:
    """Overall, and for each bucket of the numbers of ratings of a user and of an item."""
    error, _, (user_counts, item_counts) = _columns(items, asked)
    width = np.concatenate([half_width(items, a.uncertainty, a.item_index) for a in asked])
    inside = np.abs(error) <= width
    person = np.repeat(np.arange(len(asked)), [a.stars.size for a in asked])
    rows = [_coverage("all", inside, person)]
    for side, counts, buckets in (
        ("users", user_counts, USER_BUCKETS),
        ("movies", item_counts, ITEM_BUCKETS),
    ):
        for bucket in buckets:
            rows_in = _within(counts, bucket)
            if rows_in.any():
                name = f"{side} with {_name(bucket)}"
                rows.append(_coverage(name, inside[rows_in], person[rows_in]))
    return rows


def _coverage(who: str, inside: Bool, person: Int64) -> Coverage:
    share = float(inside.mean())
    sums = np.bincount(person, inside - share)
    return Coverage(who, share, float(np.sqrt(np.sum(sums**2)) / inside.size), int(inside.size))


def _within(counts: Int64, bucket: tuple[int, int | None]) -> Bool:
    lowest, highest = bucket
    inside = counts >= lowest
    return np.asarray(inside if highest is None else inside & (counts <= highest))


def _name(bucket: tuple[int, int | None]) -> str:
    lowest, highest = bucket
    if highest is None:
        return f"over {lowest - 1} ratings"
    return f"{lowest}-{highest} ratings" if highest > lowest else f"{lowest} ratings"


def _columns(
    items: ItemFactors, asked: list[HeldOutUser]
) -> tuple[Float64, Float64, tuple[Int64, Int64]]:
    sizes = [a.stars.size for a in asked]
    error = np.concatenate([a.errors(items) for a in asked])
    weight = np.repeat([a.weight for a in asked], sizes)
    user_counts = np.repeat([a.uncertainty.n_ratings for a in asked], sizes)
    item_counts = np.concatenate([items.n_ratings[a.item_index] for a in asked])
    return error, weight, (user_counts, item_counts)


def _typical_error(asked: list[HeldOutUser]) -> float:
    """Mean squared error of an own rating, left out; everybody counts once."""
    means = [
        a.uncertainty.squared_errors / a.uncertainty.n_ratings
        for a in asked
        if a.uncertainty.n_ratings
    ]
    return float(np.mean(means)) if means else IntervalWeights().typical_error


def _rarity(weight: Float64, user_counts: Int64, item_counts: Int64) -> Float64:
    """(n,) larger for kinds of ratings that are few: the root of how much too few."""
    kind = _bucket_of(user_counts, USER_BUCKETS) * len(ITEM_BUCKETS)
    kind += _bucket_of(item_counts, ITEM_BUCKETS)
    n_kinds = len(USER_BUCKETS) * len(ITEM_BUCKETS)
    share = np.bincount(kind, weight, n_kinds) / weight.sum()
    return np.asarray(np.minimum(MAX_WEIGHT, np.sqrt(1.0 / (n_kinds * share[kind]))))


def _bucket_of(counts: Int64, buckets: Buckets) -> Int64:
    return np.searchsorted([lowest for lowest, _ in buckets], counts, side="right") - 1


def _quantile_weights(terms: Float64, squares: Float64, weight: Float64) -> Float64:
    """(5,) weights >= 0 with terms @ weights above `squares` in a share COVERAGE of the rows."""
    scale = float(np.average(squares, weights=weight))
    found = non_negative(terms, squares, weight)
    # Errors count relative to how wide they are expected to be, else heavy tails decide.
    relative = 1.0 / np.maximum(terms @ found, 0.05 * scale)
    for _ in range(_ROUNDS):
        missing = squares - terms @ found
        side = np.where(missing > 0, COVERAGE, 1.0 - COVERAGE)
        pull = weight * relative**2 * side / np.maximum(np.abs(missing) * relative, _NEAR)
        found = non_negative(terms, squares, pull)
    return found


def non_negative(matrix: Float64, target: Float64, weight: Float64) -> Float64:
    """Non-negative weighted least squares for few columns: the best of all sets of them."""
    gram = matrix.T @ (matrix * weight[:, None])
    right = matrix.T @ (target * weight)
    best, least = np.zeros(right.size), 0.0
    for size in range(1, right.size + 1):
        for columns in combinations(range(right.size), size):
            own = np.ix_(columns, columns)
            part = np.linalg.lstsq(gram[own], right[list(columns)], rcond=None)[0]
            loss = float(part @ gram[own] @ part - 2 * part @ right[list(columns)])
            if loss < least and (part >= 0).all():
                best, least = np.zeros(right.size), loss
                best[list(columns)] = part
    return best
