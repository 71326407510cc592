"""What a search measures on: the newest of what the gate leaves for learning.

The newest fifth of everyone's ratings is the gate's and is put away first. Of the rest, the newest
fifth of each person's is predicted. One half of the people judge the trials, the other half what
came out best: the best of many on one set of people is partly luck with those people.
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
# Fewer in either half cannot tell a gain from luck.
MIN_VALIDATION = 500
# More are not needed to compare settings; a trial then takes seconds and not minutes.
MOST_RATINGS = 2_000_000
MOST_PEOPLE_RANKED = 1000
LIST_LENGTH, RELEVANT = 10, 4.0


class TooFewRatings(Exception):
    """Not enough to tell a gain from luck."""


@dataclass(frozen=True)
class Gain:
    """How much better one fit is than another, on the same people; positive is better."""

    before: float
    after: float
    gain: float
    low: float  # the lower end of a 95 % interval over people

    @property
    def is_real(self) -> bool:
        return bool(self.low > 0)


@dataclass(frozen=True)
class TuningSplit:
    """Ratings to learn from, and two sets to predict; all under the same vocabularies."""

    train: Ratings
    search: Ratings
    confirm: Ratings
    genres: np.ndarray

    @classmethod
    def of(cls, snapshot: Snapshot, seed: int) -> TuningSplit:
        """Cut it from a snapshot, from some of the people where there are very many.

        Raises:
            TooFewRatings
        """
        train, _ = map(
            snapshot.ratings.take, splits.temporal(snapshot.ratings, gate.HELD_OUT_SHARE)
        )
        rng = np.random.default_rng(seed)
        ours = _some_people(train, MOST_RATINGS, rng)
        train, newest = map(ours.take, splits.temporal(ours, VALIDATION_SHARE))
        judges = rng.random(ours.n_users) < 0.5
        own = judges[newest.user_index]
        search, confirm = newest.take(own), newest.take(~own)
        if min(len(search), len(confirm)) < MIN_VALIDATION:
            raise TooFewRatings(
                f"{len(newest)} ratings are left to judge by, {2 * MIN_VALIDATION} are needed: "
                "with fewer, a gain cannot be told from luck"
            )
        return cls(train, search, confirm, snapshot.genres)

    def fit(
        self, hyperparameters: Hyperparameters, seed: int, on_epoch: Callable[[Epoch], None]
    ) -> Factors:
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

    def list_qualities(self, factors: Factors, held_out: Ratings) -> np.ndarray:
        """(people,) NDCG@10, everything unrated ranked, of people with something relevant."""
        wanted = rows_by_user(held_out.take(held_out.stars >= RELEVANT))
        relevant = held_out.item_index[held_out.stars >= RELEVANT]
        people = [user for user, rows in enumerate(wanted) if rows.size][:MOST_PEOPLE_RANKED]
        return np.array(
            [ndcg(self._list_of(factors, u), relevant[wanted[u]], LIST_LENGTH) for u in people]
        )

    def _list_of(self, factors: Factors, user: int) -> np.ndarray:
        scores = score_items(factors.items, factors.user_vector(user))
        return top_n(scores, LIST_LENGTH, exclude=self.train.item_index[self._rated[user]])

    @cached_property
    def _rated(self) -> list[np.ndarray]:
        return rows_by_user(self.train)


def stars_gain(before: np.ndarray, after: np.ndarray, people: np.ndarray) -> Gain:
    """From squared errors of the same ratings, one person's taken as a whole; in RMSE."""
    difference = before - after
    sums = np.bincount(people, difference - difference.mean())
    half = 1.96 * np.sqrt(np.sum(sums**2)) / difference.size
    was, now = np.sqrt(before.mean()), np.sqrt(after.mean())
    to_rmse = 1 / (was + now)
    return Gain(
        float(was), float(now), float(was - now), float((difference.mean() - half) * to_rmse)
    )


def lists_gain(before: np.ndarray, after: np.ndarray) -> Gain:
    """From the NDCG of the same people."""
    difference = after - before
    half = 1.96 * difference.std() / np.sqrt(max(difference.size, 1))
    mean = float(difference.mean())
    return Gain(float(before.mean()), float(after.mean()), mean, float(mean - half))


def _some_people(ratings: Ratings, most: int, rng: np.random.Generator) -> Ratings:
    """The ratings of as many people, drawn at random, as have at most `most` together."""
    if len(ratings) <= most:
        return ratings
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    order = rng.permutation(ratings.n_users)
    chosen = np.zeros(ratings.n_users, np.bool_)
    chosen[order[np.cumsum(counts[order]) <= most]] = True
    some = ratings.take(chosen[ratings.user_index])
    return Ratings.from_triples(
        some.user_ids[some.user_index],
        some.item_ids[some.item_index],
        some.stars,
        some.times,
        catalogue=some.item_ids,
    )
