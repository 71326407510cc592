"""Clusters of items with the same audience, for a first choice by users who have rated nothing.

Spherical k-means (Dhillon & Modha 2001) on the interest vectors, each item weighing as much as it
has ratings: centres are unit vectors, similarity is the cosine. A user who picks clusters starts
from the mean interest vector of the users who are drawn to them most (`mean_interest`).

Clusters have no identity from one fit to the next: store what a user picked as items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float32, Float64, Int64

MOST_GROUPS = 10
# Smaller groups say too little about a user, and have no three movies worth showing.
_ITEMS_PER_GROUP = 6
# The length and direction of a vector from fewer ratings are mostly noise.
RATINGS_TO_COUNT = 3
# Only these many best known items shape the groups; the others are then put where they fit.
_MOST_CLUSTERED = 5_000
_RESTARTS, _ITERATIONS = 8, 50
_SHOWN = 3
# What is shown has at least this share of the ratings of its group's best known item.
_FAMOUS = 0.5
_PEOPLE_PER_GROUP = 4
# A user stands for this many groups at most: as many as a user picks.
_GROUPS_PER_PERSON = 3


@dataclass(frozen=True)
class ItemClusters:
    """The clusters of one fit, the one with the most ratings first; none in a small catalogue."""

    centres: Float32  # (g, k2) unit vectors
    mean_interest: Float32  # (g, k2) of the users drawn to each group
    interest_covariance: Float32  # (k2, k2) covariance of all users' interest vectors
    shown: tuple[Int64, ...]  # per group the rows of one to three items that stand for it

    @classmethod
    def none(cls, width: int, covariance: Float32 | None = None) -> ItemClusters:
        """No groups to pick from; without a covariance, one that knows nothing of users."""
        nothing = np.empty((0, width), np.float32)
        flat = np.asarray(np.eye(width) / width, np.float32)
        return cls(nothing, nothing, flat if covariance is None else covariance, ())

    def __len__(self) -> int:
        return len(self.shown)

    def of(self, interest: Any) -> Int64:
        """(n,) the group nearest to each of the interest vectors (n, k2)."""
        if not len(self):
            return np.full(len(interest), -1, np.int64)
        return np.asarray(np.argmax(np.asarray(interest) @ self.centres.T, axis=1), np.int64)


def cluster_items(
    items: ItemFactors, user_interest: Float32, seed: int = 0, n_groups: int = MOST_GROUPS
) -> ItemClusters:
    """Groups of the items of a fit; the same for the same factors and seed.

    user_interest: (n_users, k2) rows of the users in the fit. At most `n_groups`, fewer in a small
    catalogue; none where no two groups can be told apart.
    """
    known, rows, weights = _best_known(items)
    wanted = min(n_groups, known.size // _ITEMS_PER_GROUP)
    centres, label = _ordered(*_k_means(rows, weights, wanted, seed), weights)
    covariance = _covariance(user_interest)
    if len(centres) < 2 or covariance is None:
        return ItemClusters.none(rows.shape[1], covariance)
    shown = (_representatives(rows, weights, label, centres, g) for g in range(len(centres)))
    return ItemClusters(
        centres.astype(np.float32),
        _mean_interest(user_interest, centres, items.mean_interest),
        covariance,
        tuple(known[part] for part in shown),
    )


def representatives(
    items: ItemFactors, clusters: ItemClusters, excluded: Int64
) -> tuple[Int64, ...]:
    """Per group, up to three rows of items that stand for it, none of them `excluded`.

    Where none of the items in `shown` is excluded, those.
    """
    known, rows, weights = _best_known(items)
    label = np.where(np.isin(known, excluded), -1, clusters.of(rows))
    centres = clusters.centres.astype(np.float64)
    return tuple(
        known[_representatives(rows, weights, label, centres, group)]
        if np.isin(shown, excluded).any()
        else shown
        for group, shown in enumerate(clusters.shown)
    )


def _best_known(items: ItemFactors) -> tuple[Int64, Float64, Float64]:
    """Rows of the items that shape the groups, their unit vectors, and their weights."""
    known = np.flatnonzero(items.n_ratings >= RATINGS_TO_COUNT)
    known = known[np.argsort(-items.n_ratings[known], kind="stable")][:_MOST_CLUSTERED]
    return known, unit_rows(items.interest[known]), items.n_ratings[known].astype(np.float64)


def unit_rows(vectors: Any) -> Float64:
    """Rows scaled to length 1; rows of zeros stay."""
    wide = np.asarray(vectors, np.float64)
    return np.asarray(wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12))


def _k_means(rows: Float64, weights: Float64, n_groups: int, seed: int) -> tuple[Float64, Int64]:
    """The best of several weighted runs: unit centres (g, k2), g <= n_groups, and labels (n,)."""
    if n_groups < 2:
        return np.empty((0, rows.shape[1])), np.empty(0, np.int64)
    rng = np.random.default_rng(seed)
    runs = [
        _settle(rows, weights, _first_centres(rows, weights, n_groups, rng))
        for _ in range(_RESTARTS)
    ]
    _, centres, label = max(runs, key=lambda run: run[0])
    return centres, label


def _ordered(centres: Float64, label: Int64, weights: Float64) -> tuple[Float64, Int64]:
    """The same groups without empty ones, that of the most ratings first."""
    sizes = np.bincount(label, weights[: label.size], minlength=len(centres))
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    place = np.empty(len(centres), np.int64)
    place[order] = np.arange(order.size)
    return centres[order], place[label]


def _first_centres(
    rows: Float64, weights: Float64, n_groups: int, rng: np.random.Generator
) -> Float64:
    """k-means++: each next centre far from those before; fewer where no other rows are left."""
    chosen = [int(rng.choice(len(rows), p=weights / weights.sum()))]
    nearest = rows @ rows[chosen[0]]
    while len(chosen) < n_groups:
        chances = weights * np.maximum(1.0 - nearest, 0.0)
        chances[nearest > 1.0 - 1e-6] = 0.0
        if not chances.sum() > 0:
            break
        chosen.append(int(rng.choice(len(rows), p=chances / chances.sum())))
        nearest = np.maximum(nearest, rows @ rows[chosen[-1]])
    return rows[chosen]


def _settle(rows: Float64, weights: Float64, centres: Float64) -> tuple[float, Float64, Int64]:
    """Lloyd's iterations until no item changes group: (weighted mean cosine, centres, labels)."""
    label = np.full(len(rows), -1)
    for _ in range(_ITERATIONS):
        before, label = label, np.argmax(rows @ centres.T, axis=1)
        if np.array_equal(before, label):
            break
        sums = np.zeros_like(centres)
        np.add.at(sums, label, rows * weights[:, None])
        is_empty = np.linalg.norm(sums, axis=1) < 1e-12
        centres = np.where(is_empty[:, None], centres, unit_rows(sums))
    fit = float(np.einsum("nd,nd,n->", rows, centres[label], weights) / weights.sum())
    return fit, centres, np.asarray(label, np.int64)


def _representatives(
    rows: Float64, weights: Float64, label: Int64, centres: Float64, group: int
) -> Int64:
    """Up to three of the group's best known items: clearly of this group, and unlike each other."""
    members = np.flatnonzero(label == group)
    if not members.size:
        return members
    members = members[np.argsort(-weights[members], kind="stable")]
    is_famous = weights[members] >= _FAMOUS * weights[members[0]]
    members = members[: max(2 * _SHOWN, np.count_nonzero(is_famous))]
    nearness = rows[members] @ centres.T
    own = nearness[:, group].copy()
    nearness[:, group] = -1.0
    # How clearly the item is of this group and no other, and how many users will know it.
    value = (own - nearness.max(axis=1) + 0.01) * np.sqrt(weights[members])
    picked: list[int] = []
    while len(picked) < min(_SHOWN, members.size):
        likeness = rows[members] @ rows[members[picked]].T
        fresh = 1.0 - np.maximum(likeness.max(axis=1, initial=0.0), 0.0) ** 4
        left = np.where(np.isin(np.arange(members.size), picked), -np.inf, value * fresh)
        picked.append(int(np.argmax(left)))
    return members[picked]


def cluster_affinity(user_interest: Any, users: Float32, centres: Any) -> Float64:
    """(n, g) how much more than users in general each of n users is drawn to each group.

    In standard deviations over `users` (n_users, k2).
    """
    everyone = np.asarray(users, np.float64) @ np.asarray(centres, np.float64).T
    own = np.asarray(user_interest, np.float64) @ np.asarray(centres, np.float64).T
    return np.asarray((own - everyone.mean(axis=0)) / np.maximum(everyone.std(axis=0), 1e-12))


def _mean_interest(users: Float32, centres: Float64, everyone: Float32) -> Float32:
    """(g, k2) the mean vector of the users drawn to each group more than others are.

    A group that hardly anybody is drawn to gets the mean user's.
    """
    means = np.tile(everyone, (len(centres), 1))
    if not len(users):
        return means
    drawn = cluster_affinity(users, users, centres)
    rank = np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1)
    is_of = (rank < _GROUPS_PER_PERSON) & (drawn > 0)
    for group in range(len(centres)):
        own = users[is_of[:, group]]
        if len(own) >= _PEOPLE_PER_GROUP:
            means[group] = own.mean(axis=0, dtype=np.float64)
    return means


def _covariance(users: Float32) -> Float32 | None:
    if len(users) < 2:
        return None
    return np.asarray(np.cov(users.astype(np.float64).T), np.float32)
