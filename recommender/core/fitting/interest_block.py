"""The interest block: which items would a user pick, learned from what they chose to rate.

No item bias, squared error, targets that rise with the stars:

    t_ui = clip(1 + slope (r_ui - m_u), -1, 2)     m_u = (sum r + 5 mu) / (n_u + 5)

and, for every rating, `interest_negatives` items the same user did not rate, drawn with
probability ~ (number of ratings + 1)^power, target 0. Users are then solved in closed form as in
`fold_in`, with weight `interest_unrated_weight` on all items at once (Hu, Koren & Volinsky 2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from recommender.core.factors import Factors
from recommender.core.fitting import ridge_kernels, sgd_kernels
from recommender.core.fitting.partition import n_blocks
from recommender.core.fitting.ridge_kernels import workspace
from recommender.core.fitting.sgd_kernels import Negatives, Targets
from recommender.core.fitting.simd import padded, shape_of, zeros
from recommender.core.fitting.threads import Workers, pieces
from recommender.core.fold_in import (
    MEAN_STARS_PRIOR,
    mix_interest,
    newness,
    standard_deviation,
    star_targets,
)
from recommender.core.hyperparameters import LARGE, Hyperparameters
from recommender.core.ratings import Float32, Float64, Int32, Int64, Ratings, find_rows

# More users would have the same mean.
USERS_FOR_THE_MEAN = 20_000


@dataclass(frozen=True)
class ItemBlock:
    """One block of items: each user's ratings of them, and how negatives are drawn from it."""

    items: Int32  # (m,) rows
    keep: Float32  # (m,) see `alias_table`
    alias: Int32  # (m,)
    share: float  # of all draws
    positives: Targets


class InterestBlock:
    """The state of the interest block while it is being fitted."""

    def __init__(
        self,
        ratings: Ratings,
        hyperparameters: Hyperparameters,
        rng: np.random.Generator,
        workers: Workers,
    ) -> None:
        self.hyperparameters = hyperparameters = hyperparameters.for_data(ratings)
        self.rng, self.workers = rng, workers
        self.starts, order = sgd_kernels.group(ratings.user_index, ratings.n_users)
        self.rated, self.stars = ratings.item_index[order], ratings.stars[order]
        self.n_blocks = n_blocks(ratings, padded(hyperparameters.interest_factors))
        self.user_rows = self._random_rows(ratings.n_users)
        self.item_rows = self._random_rows(ratings.n_items)
        self.user_means = self._user_means()
        self.counts = np.bincount(self.rated, minlength=ratings.n_items)
        self.item_rows[self.counts == 0] = 0.0
        self.user_weights = _mean_weights(ratings)
        weights = ratings.weights
        self.n_per_epoch = float(len(ratings) if weights is None else weights.sum(dtype=float))
        self._cut(ratings)

    def _random_rows(self, n: int) -> Float32:
        k = self.hyperparameters.interest_factors
        rows = zeros(n, padded(k))
        drawn = self.rng.standard_normal((n, k), np.float32)
        rows[:, :k] = drawn * np.float32(self.hyperparameters.interest_init_sd)
        return rows

    def _user_means(self) -> Float32:
        running = np.concatenate([[0.0], np.cumsum(self.stars, dtype=np.float64)])
        sums, counts = running[self.starts[1:]] - running[self.starts[:-1]], np.diff(self.starts)
        mean = running[-1] / max(self.stars.size, 1)
        damped = (sums + MEAN_STARS_PRIOR * mean) / (counts + MEAN_STARS_PRIOR)
        return np.asarray(damped, np.float32)

    def _targets(self, slope: Float64 | float) -> Float32:
        means = np.repeat(self.user_means, np.diff(self.starts))
        return np.asarray(star_targets(self.stars - means, slope), np.float32)

    def _cut(self, ratings: Ratings) -> None:
        """Sort the ratings by block of items, then by user, and prepare the draws."""
        p = self.hyperparameters
        targets = self._targets(p.interest_item_slope)
        item_block = (self.rng.permutation(ratings.n_items) % self.n_blocks).astype(np.int32)
        user_block = self.rng.permutation(ratings.n_users) % self.n_blocks
        self.user_blocks = [np.flatnonzero(user_block == b) for b in range(self.n_blocks)]
        chance = np.asarray((self.counts + 1.0) ** p.interest_negative_power, np.float64)
        bounds, order = sgd_kernels.group(item_block[self.rated], self.n_blocks)
        self.item_blocks = []
        for b in range(self.n_blocks):
            own = order[bounds[b] : bounds[b + 1]]
            items = np.flatnonzero(item_block == b).astype(np.int32)
            share = float(chance[items].sum() / chance.sum())
            self.item_blocks.append(
                ItemBlock(
                    items,
                    *sgd_kernels.alias_table(chance[items]),
                    share,
                    Targets(
                        np.searchsorted(own, self.starts).astype(np.int64),
                        self.rated[own],
                        targets[own],
                    ),
                )
            )

    def start_from(self, earlier: Factors, ratings: Ratings) -> None:
        """Replace the random rows of known users and items by their rows in an earlier fit."""
        k = self.hyperparameters.interest_factors
        for rows, ids, known_ids, vectors in (
            (self.user_rows, ratings.user_ids, earlier.user_ids, earlier.user_interest),
            (self.item_rows, ratings.item_ids, earlier.items.item_ids, earlier.items.interest),
        ):
            if vectors.shape[1] == k:
                found = find_rows(known_ids, ids)
                rows[found >= 0, :k] = vectors[found[found >= 0]]
        self.item_rows[self.counts == 0] = 0.0

    def n_epochs(self) -> int:
        """Epochs to run: fewer on large data, where every item is met more often in each.

        Eight in place of twelve cost 5 % of NDCG with 6 thousand ratings, 1.5 % with 20 to 60
        thousand; six in place of eight 1 % with 700 thousand generated ones.
        """
        most = self.hyperparameters.interest_epochs
        scale: float = min(1.0, (LARGE / max(self.stars.size, 1)) ** 0.4)
        return max(1, round(most * scale))

    def run_epoch(self, rate: float) -> float:
        """One pass, each block of users against each block of items; RMSE on the positives.

        Of users whose ratings weigh less, some sit out: that scales their steps and their draws
        alike, and an epoch gets shorter instead of the same steps smaller.
        """
        squares = 0.0
        # Users are drawn to the mean user, not to nothing: what a user with few ratings lacks is
        # taste, not everybody's liking for the well-known.
        mean_user = zeros(1, self.user_rows.shape[1])
        mean_user[0] = self.user_rows[np.diff(self.starts) > 0].mean(axis=0, dtype=np.float64)
        how = (rate, mean_user)
        for shift in self.rng.permutation(self.n_blocks).tolist():
            seeds = self.rng.integers(1, 1 << 62, self.n_blocks)
            orders = [self.rng.permutation(self._drawn(users)) for users in self.user_blocks]
            squares += sum(
                self.workers.run(
                    [
                        self._block(orders[t], (t + shift) % self.n_blocks, how, int(seeds[t]))
                        for t in range(self.n_blocks)
                    ]
                )
            )
        return float(np.sqrt(squares / self.n_per_epoch))

    def _drawn(self, users: Int64) -> Int64:
        """Those of `users` who take part: each with the chance of their weight."""
        if self.user_weights is None:
            return users
        return users[self.rng.random(users.size) < self.user_weights[users]]

    def _block(
        self, users: Int64, number: int, how: tuple[float, Float32], seed: int
    ) -> partial[float]:
        rate, mean_user = how
        block, p = self.item_blocks[number], self.hyperparameters
        is_rated = np.zeros(self.counts.size, np.bool_)
        per_user = (p.interest_negatives or 0) * block.share * np.diff(self.starts)
        return partial(
            sgd_kernels.interest_steps,
            users,
            block.positives,
            Negatives(block.items, block.keep, block.alias, is_rated, per_user),
            self.user_rows,
            self.item_rows,
            rate,
            rate * (p.interest_regularization or 0.0),
            mean_user,
            seed,
            shape_of(self.user_rows.shape[1]),
        )

    def solve_users(
        self, gram: Float64, covariance: Float64, weights: Float32
    ) -> tuple[Float32, Float32]:
        """Every user's x as `fold_in` has it, and the mean user's m, (k2,).

        gram, covariance: of the interest vectors of the rated items; weights: (n_ratings,) v of the
        ratings by user. m is the mean of what users are without weights and as if none were new:
        weighed, it would be the mean of what they rated last, which is no place to start from.
        """
        p, counts = self.hyperparameters, np.diff(self.starts)
        rows, neutral = (zeros(counts.size, self.item_rows.shape[1]) for _ in range(2))
        active, k = np.flatnonzero(counts), p.interest_factors
        some = active[:: -(-active.size // USERS_FOR_THE_MEAN)]
        alike = np.ones_like(weights)
        self._solve(some, gram, self._targets(p.interest_user_slope), alike, rows, neutral)
        mean = rows[some, :k].mean(axis=0, dtype=np.float64)
        new = newness(p, counts)
        of_rating = np.repeat(new, counts)
        targets = self._targets(p.interest_user_slope + p.new_user_slope * of_rating)
        expected = p.new_user_expected * (self.item_rows[:, :k] @ mean)
        targets -= (of_rating * expected[self.rated]).astype(np.float32)
        self._solve(active, gram, targets, weights, rows, neutral)
        n_rated = np.count_nonzero(self.counts)
        level = float(standard_deviation(mean, gram)) / n_rated**0.5
        found = mix_interest(p, counts, rows[:, :k], neutral[:, :k], mean, level, covariance)
        return found.astype(np.float32), mean.astype(np.float32)

    def _solve(
        self,
        users: Int64,
        gram: Float64,
        targets: Float32,
        weights: Float32,
        out: Float32,
        neutral: Float32,
    ) -> None:
        """d and e of these users, into their rows of out and neutral."""
        p = self.hyperparameters
        k, width = p.interest_factors, self.item_rows.shape[1]
        base = np.eye(width, dtype=np.float32)  # ones where the rows are padded
        base[:k, :k] = p.interest_unrated_weight * gram + p.interest_user_ridge * np.eye(k)
        rated = Targets(self.starts, self.rated, targets)
        sizes = np.diff(self.starts)[users]
        self.workers.run(
            [
                partial(
                    ridge_kernels.solve_interest,
                    *(users[first:last], rated, weights, self.item_rows, base, out, neutral),
                    *(workspace(width), shape_of(width)),
                )
                for first, last in pieces(np.concatenate([[0], np.cumsum(sizes)]))
            ]
        )


def _mean_weights(ratings: Ratings) -> Float64 | None:
    """(n_users,) the mean weight of each user's ratings; None where all are alike."""
    if ratings.weights is None:
        return None
    users, n_users = ratings.user_index, ratings.n_users
    sums = np.bincount(users, ratings.weights, minlength=n_users)
    return np.asarray(sums / np.maximum(np.bincount(users, minlength=n_users), 1))
