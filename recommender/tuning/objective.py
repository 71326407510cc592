"""The data split and the scores by which a search compares fits.

Each user's newest fifth of ratings is reserved for the gate. The newest fifth of the rest is
predicted. Half of the users judge the trials, the other half the best trial: the best of many on
one set of users is partly luck with those users.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommender.core import Epoch, Factors, Hyperparameters, Ratings, fit, score_items
from recommender.core.evaluation import splits
from recommender.core.evaluation.metrics import ndcg, rows_by_user
from recommender.core.ranking import top_n
from recommender.training import gate
from recommender.training.snapshot import Snapshot

VALIDATION_SHARE = 0.2
# With fewer ratings in either half, a gain cannot be told from luck.
MIN_VALIDATION = 500
# Enough to compare settings; a trial then takes seconds, not minutes.
MAX_RATINGS = 2_000_000
MAX_USERS_RANKED = 1000
LIST_LENGTH, RELEVANT = 10, 4.0
OnEpoch = Callable[[Epoch], None]


class TooFewRatings(Exception):
    """Too few ratings to tell a gain from luck."""


@dataclass(frozen=True)
class Gain:
    """How much better one fit is than another on the same users; positive is better."""

    before: float
    after: float
    gain: float
    low: float  # lower end of the 95 % interval over users

    @property
    def is_significant(self) -> bool:
        return bool(self.low > 0)


@dataclass(frozen=True)
class TuningSplit:
    """Ratings to fit, and two sets to predict; all three share their user and item indexes."""

    train: Ratings
    search: Ratings
    confirm: Ratings
    genres: np.ndarray

    @classmethod
    def of(cls, snapshot: Snapshot, seed: int) -> TuningSplit:
        """Split a snapshot; of a large site, only the ratings of some users drawn at random.

        Raises:
            TooFewRatings
        """
        train, _ = map(
            snapshot.ratings.take, splits.temporal(snapshot.ratings, gate.HELD_OUT_SHARE)
        )
        rng = np.random.default_rng(seed)
        sample = _sample_users(train, MAX_RATINGS, rng)
        train, newest = map(sample.take, splits.temporal(sample, VALIDATION_SHARE))
        judges_trials = rng.random(sample.n_users) < 0.5
        first_half = judges_trials[newest.user_index]
        search, confirm = newest.take(first_half), newest.take(~first_half)
        if min(len(search), len(confirm)) < MIN_VALIDATION:
            raise TooFewRatings(
                f"only {len(newest)} ratings are left to judge by, and {2 * MIN_VALIDATION} are "
                "needed to tell a gain from luck"
            )
        return cls(train, search, confirm, snapshot.genres)

    def fit(self, hyperparameters: Hyperparameters, seed: int, on_epoch: OnEpoch) -> Factors:
        return fit(
            self.train,
            hyperparameters,
            seed=seed,
            on_epoch=on_epoch,
            item_genres=self.genres,
            validation=self.search,
        )

    def squared_errors(self, factors: Factors, held_out: Ratings) -> np.ndarray:
        """(n,) squared errors of the predicted stars, clipped to the scale."""
        users = self.train.user_ids[held_out.user_index]
        predicted = factors.predict(users, self.train.item_ids[held_out.item_index])
        return np.square(np.clip(predicted, 0.5, 5.0).astype(np.float64) - held_out.stars)

    def ndcg_per_user(self, factors: Factors, held_out: Ratings) -> np.ndarray:
        """(n,) NDCG@10 over all unrated movies, for users with something relevant held out."""
        relevant = held_out.take(held_out.stars >= RELEVANT)
        rows_of = rows_by_user(relevant)
        users = [user for user, rows in enumerate(rows_of) if rows.size][:MAX_USERS_RANKED]
        return np.array(
            [
                ndcg(self._top_list(factors, u), relevant.item_index[rows_of[u]], LIST_LENGTH)
                for u in users
            ]
        )

    def _top_list(self, factors: Factors, user: int) -> np.ndarray:
        scores = score_items(factors.items, factors.user_vector(user))
        return top_n(scores, LIST_LENGTH, exclude=self.train.item_index[self._train_rows[user]])

    @cached_property
    def _train_rows(self) -> list[np.ndarray]:
        return rows_by_user(self.train)


def stars_gain(before: np.ndarray, after: np.ndarray, users: np.ndarray) -> Gain:
    """Gain in RMSE from squared errors of the same ratings; the interval clusters by user."""
    difference = before - after
    sums = np.bincount(users, difference - difference.mean())
    half = 1.96 * np.sqrt(np.sum(sums**2)) / difference.size
    was, now = np.sqrt(before.mean()), np.sqrt(after.mean())
    to_rmse = 1 / (was + now)
    return Gain(
        float(was), float(now), float(was - now), float((difference.mean() - half) * to_rmse)
    )


def lists_gain(before: np.ndarray, after: np.ndarray) -> Gain:
    """Gain in NDCG from the values of the same users."""
    difference = after - before
    half = 1.96 * difference.std() / np.sqrt(max(difference.size, 1))
    mean = float(difference.mean())
    return Gain(float(before.mean()), float(after.mean()), mean, float(mean - half))


def _sample_users(ratings: Ratings, max_ratings: int, rng: np.random.Generator) -> Ratings:
    """All ratings of users drawn at random, at most `max_ratings` together."""
    if len(ratings) <= max_ratings:
        return ratings
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    order = rng.permutation(ratings.n_users)
    chosen = np.zeros(ratings.n_users, np.bool_)
    chosen[order[np.cumsum(counts[order]) <= max_ratings]] = True
    some = ratings.take(chosen[ratings.user_index])
    return Ratings.from_triples(
        some.user_ids[some.user_index],
        some.item_ids[some.item_index],
        some.stars,
        some.times,
        catalogue=some.item_ids,
    )
