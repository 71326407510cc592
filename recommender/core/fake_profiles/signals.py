"""Which profiles look made up: two signals that need no examples of fakes.

RDMA, rating deviation from mean agreement (Chirita, Nejdl & Zamfir, WIDM 2005):

    RDMA_u = 1/n_u sum_i |r_ui - m_i| / N_i

with m_i the mean of the item's N_i ratings. Fakes fill their profiles with items that few people
rate, and push one of them far from its mean.

PCA (Mehta & Nejdl, UMUAI 2009): profiles as z-scores Z, zero where nothing was rated; whatever
people have in common is in the first principal components of the users' covariance Z Z', and
fakes, drawn independently, have next to no part in them:

    D_u = 1/n_u sum_{c <= 3} w_uc^2,    w_c the first left singular vectors of Z

Mehta sums without the 1/n_u, and so finds everybody with few ratings. The suspicion is

    log RDMA_u - 1/2 log D_u

in robust standard deviations from the median of all users, so that it means the same on any site.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.core.ratings import Float64, Int64, Ratings

COMPONENTS = 3
FEWEST = 10  # ratings; of fewer, the signals are noise
LISTED_FROM = 2.0  # robust standard deviations
TINY = 1e-12
ROUNDS = 12  # of subspace iteration; what is wanted is an order of users, not digits


def rdma(ratings: Ratings) -> Float64:
    """(n_users,) RDMA; 0 without ratings.

    >>> few = Ratings.from_triples([1, 1, 2], [10, 20, 10], [5.0, 3.0, 3.0])
    >>> rdma(few)  # means 4 and 3, of 2 ratings and 1
    array([0.25, 0.5 ])
    """
    items, users, stars = ratings.item_index, ratings.user_index, ratings.stars.astype(np.float64)
    n = np.bincount(items, minlength=ratings.n_items)
    mean = np.bincount(items, stars, minlength=ratings.n_items) / np.maximum(n, 1)
    sums = np.bincount(users, np.abs(stars - mean[items]) / n[items], minlength=ratings.n_users)
    return np.asarray(sums / np.maximum(np.bincount(users, minlength=ratings.n_users), 1))


def principal_share(ratings: Ratings, seed: int = 0) -> Float64:
    """(n_users,) D; 0 without ratings.

    >>> likes = [5.0, 1.0, 5.0, 1.0, 1.0, 5.0, 3.0, 3.0]  # the last user says nothing with the rest
    >>> four = Ratings.from_triples([1, 1, 2, 2, 3, 3, 4, 4], [10, 20] * 4, likes)
    >>> principal_share(four)[3] < 1e-12 < principal_share(four)[:3].min()
    True
    """
    users, items, z = ratings.user_index, ratings.item_index, _z_scores(ratings)
    n_users, n_items = ratings.n_users, ratings.n_items
    if not len(ratings):
        return np.zeros(n_users)
    columns = range(min(COMPONENTS, n_users))
    start = np.random.default_rng(seed).standard_normal((n_users, len(columns)))
    vectors = np.linalg.qr(start)[0]
    for _ in range(ROUNDS):
        by_item = [np.bincount(items, z * vectors[users, c], minlength=n_items) for c in columns]
        by_user = [np.bincount(users, z * v[items], minlength=n_users) for v in by_item]
        vectors = np.linalg.qr(np.stack(by_user, axis=1))[0]
    counts = np.bincount(users, minlength=n_users)
    return np.asarray(np.square(vectors).sum(axis=1) / np.maximum(counts, 1) * (counts > 0))


@dataclass(frozen=True)
class Signals:
    """One entry for each user of the ratings."""

    n_ratings: Int64  # (n_users,)
    rdma: Float64  # (n_users,)
    principal_share: Float64  # (n_users,)
    suspicion: Float64  # (n_users,) -inf for users with fewer than `FEWEST` ratings

    @classmethod
    def of(cls, ratings: Ratings) -> Signals:
        counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
        deviation, share = rdma(ratings), principal_share(ratings)
        judged = counts >= FEWEST
        score = np.full(ratings.n_users, -np.inf)
        logs = np.log(np.maximum(deviation, TINY)) - 0.5 * np.log(np.maximum(share, TINY))
        if judged.any():
            middle = np.median(logs[judged])
            spread = 1.4826 * np.median(np.abs(logs[judged] - middle))
            score[judged] = (logs[judged] - middle) / max(float(spread), TINY)
        return cls(counts.astype(np.int64), deviation, share, score)

    def most_suspicious(self, least: float = LISTED_FROM) -> Int64:
        """Rows of users to look at, the most suspicious first."""
        order = np.argsort(-self.suspicion, kind="stable").astype(np.int64)
        return order[self.suspicion[order] >= least]


def _z_scores(ratings: Ratings) -> Float64:
    """(n,) each rating in standard deviations from its user's mean; 0 where all are alike."""
    users, stars = ratings.user_index, ratings.stars.astype(np.float64)
    counts = np.maximum(np.bincount(users, minlength=ratings.n_users), 1)
    left = stars - (np.bincount(users, stars, minlength=ratings.n_users) / counts)[users]
    spread = np.sqrt(np.bincount(users, left**2, minlength=ratings.n_users) / counts)[users]
    return np.asarray(np.divide(left, spread, out=np.zeros_like(left), where=spread > TINY))
