"""Which item to ask a new user about next: the one with the highest expected information.

    gain_i   = tr(W S G_i G_i' S) / (G_i' S G_i + noise)     G_i = [1, vector_i]
    chance_i = <x, interest_i>                               clipped to (0, 1]

The gain is by how much a rating of i would shrink the variance of the predictions of all well
known movies (S the covariance of the user's bias and vector, W the items' second moment); the
chance says whether the user has seen i at all. x starts from the picked groups' mean vector and
moves with every "seen" and "not seen", as a linear regression with the covariance of users' vectors
for prior. The next question is that of the highest gain times chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float64, Int64

# Nobody is asked about anything but the best known items.
_POOL = 1_000
# Variance of seen (1) or not seen (0) around what x says.
_SEEN_NOISE = 0.3
_LEAST_CHANCE = 1e-4


@dataclass(frozen=True)
class Questions:
    """What questions are chosen from; made once for a fit."""

    pool: Int64  # (m,) rows of the best known items
    interest: Float64  # (m, k2)
    design: Float64  # (m, 1 + k) [1, vector]
    second_moment: Float64  # (1 + k, 1 + k) W
    strengths: Float64  # (1 + k,) prior precision of a user's bias and vector
    interest_covariance: Float64  # (k2, k2) covariance of users' interest vectors
    noise: float

    @classmethod
    def about(cls, items: ItemFactors, interest_covariance: Any) -> Questions:
        pool = np.argsort(-items.n_ratings, kind="stable")[:_POOL]
        pool = pool[items.n_ratings[pool] > 0].astype(np.int64)
        vectors = items.vectors[pool].astype(np.float64)
        design = np.concatenate([np.ones((pool.size, 1)), vectors], axis=1)
        weights = items.n_ratings[pool] / max(int(items.n_ratings[pool].sum()), 1)
        user_strengths = np.full(vectors.shape[1], items.user_strength)
        return cls(
            pool,
            items.interest[pool].astype(np.float64),
            design,
            (design * weights[:, None]).T @ design,
            np.append(items.user_bias_strength, user_strengths),
            np.asarray(interest_covariance, np.float64),
            items.noise,
        )

    def next(
        self, start: Any, rated: Any, seen: Any, unseen: Any, exclude: Any, n: int = 1
    ) -> Int64:
        """The n items to ask about, in order; all arguments but `start` are rows of items.

        start: (k2,) interest vector to begin with. rated: items whose stars are known. seen,
        unseen: items known to have been seen or not. exclude: never ask about these.
        """
        chance = self._chances(np.asarray(start, np.float64), seen, unseen)
        for gone in (rated, seen, unseen, exclude):
            chance[np.isin(self.pool, np.asarray(gone, np.int64))] = -1.0
        known = self.design[np.isin(self.pool, np.asarray(rated, np.int64))]
        precision = np.diag(self.strengths) + known.T @ known / self.noise
        asked: list[int] = []
        while len(asked) < min(n, int(np.count_nonzero(chance > 0))):
            value = np.where(chance > 0, self._gains(precision) * chance, -1.0)
            value[asked] = -1.0
            best = int(np.argmax(value))
            if value[best] < 0:
                break
            asked.append(best)
            precision = precision + np.outer(self.design[best], self.design[best]) / self.noise
        return self.pool[asked]

    def _gains(self, precision: Float64) -> Float64:
        towards = self.design @ np.linalg.inv(precision)
        shrunk = np.einsum("nd,de,ne->n", towards, self.second_moment, towards, optimize=True)
        return np.asarray(shrunk / (np.einsum("nd,nd->n", towards, self.design) + self.noise))

    def _chances(self, start: Float64, seen: Any, unseen: Any) -> Float64:
        """(m,) how likely the user has seen each item of the pool."""
        is_seen = np.isin(self.pool, np.asarray(seen, np.int64))
        is_answered = is_seen | np.isin(self.pool, np.asarray(unseen, np.int64))
        rows = self.interest[is_answered]
        surprise = is_seen[is_answered] - rows @ start
        pull = self.interest_covariance @ rows.T @ surprise / _SEEN_NOISE
        matrix = np.eye(start.size) + self.interest_covariance @ (rows.T @ rows) / _SEEN_NOISE
        x = start + np.linalg.solve(matrix, pull)
        return np.clip(self.interest @ x, _LEAST_CHANCE, 1.0)
