"""Baselines that a model must beat: means and popularity (`item_item_baselines` has the others).

Each baseline is made from `Ratings` and takes and returns rows of their vocabularies:
`predict(users, items)` gives stars, `score(users)` a (b, n_items) matrix to rank by. A baseline
made for one of the two does the nearest thing it can for the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt

from recommender.core.ratings import Float32, Float64, Int64, Ratings

Rows = npt.NDArray[np.integer]

_DAY = 86_400.0
_RATINGS_AT_ONCE = 1_000_000


def _pieces(ratings: Ratings) -> Iterator[Ratings]:
    """So that no array of eight bytes for each rating is made, of 25 million for example."""
    for start in range(0, len(ratings), _RATINGS_AT_ONCE):
        yield ratings.take(slice(start, start + _RATINGS_AT_ONCE))


class Baseline(Protocol):
    """Anything that predicts stars and ranks items."""

    name: str
    predicts: bool  # has an opinion of its own on stars
    ranks: bool  # ... and on what comes first
    ranks_new_users: bool  # ... of a user without a single rating, too
    needs_times: bool  # says nothing of its own without the times of the ratings

    def predict(self, users: Rows, items: Rows) -> Float32: ...

    def score(self, users: Rows) -> Float32: ...

    def for_person(
        self, item_index: Int64, stars: Float32, times: Float64 | None = None
    ) -> Float32:
        """(n_items,) to rank by, for somebody who gave these ratings, oldest first."""
        ...

    def for_users_of(self, ratings: Ratings) -> Self:
        """The same model of the items, for the users of other ratings.

        Vocabulary of items as in what it was made from.
        """
        ...


class AlikeForEveryone:
    """Ranks by one score for each item, whoever asks."""

    needs_times: ClassVar[bool] = False
    item_scores: Float32  # (n_items,)

    def score(self, users: Rows) -> Float32:
        return np.tile(self.item_scores, (users.size, 1))

    def for_person(
        self, item_index: Int64, stars: Float32, times: Float64 | None = None
    ) -> Float32:
        return self.item_scores

    def for_users_of(self, ratings: Ratings) -> Self:
        return self


class GlobalMean(AlikeForEveryone):
    """r_ui = mu; every item ties."""

    name = "global mean"
    predicts, ranks, ranks_new_users = True, False, False

    def __init__(self, ratings: Ratings) -> None:
        self.mean = float(ratings.stars.mean(dtype=np.float64))
        self.item_scores = np.zeros(ratings.n_items, np.float32)

    def predict(self, users: Rows, items: Rows) -> Float32:
        return np.full(np.broadcast(users, items).shape, self.mean, np.float32)


class DampedItemMean(AlikeForEveryone):
    """r_ui = (sum of the item's stars + damping mu) / (n_i + damping)."""

    name = "damped item mean"
    predicts, ranks, ranks_new_users = True, True, True

    def __init__(self, ratings: Ratings, damping: float = 25.0) -> None:
        counts, mean = item_counts(ratings), ratings.stars.mean(dtype=np.float64)
        sums = np.bincount(ratings.item_index, ratings.stars, minlength=ratings.n_items)
        self.item_scores = ((sums + damping * mean) / (counts + damping)).astype(np.float32)

    def predict(self, users: Rows, items: Rows) -> Float32:
        return np.broadcast_arrays(self.item_scores[items], users)[0].copy()


class BiasOnly(AlikeForEveryone):
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
        damped = item_counts(ratings) + item_damping
        for _ in range(n_rounds):
            self.item_bias = self._sums_of_items(ratings) / damped
            self.user_bias = self._solve_users(ratings)
        self.item_scores = self.item_bias.astype(np.float32)

    def _sums_of_items(self, ratings: Ratings) -> Float64:
        """The sums of what the users' biases leave of the stars."""
        sums = np.zeros(ratings.n_items)
        for own in _pieces(ratings):
            left = own.stars.astype(np.float64) - self.mean - self.user_bias[own.user_index]
            sums += np.bincount(own.item_index, left, minlength=sums.size)
        return sums

    def _solve_users(self, ratings: Ratings) -> Float64:
        sums = np.zeros(ratings.n_users)
        for own in _pieces(ratings):
            left = own.stars.astype(np.float64) - self.mean - self.item_bias[own.item_index]
            sums += np.bincount(own.user_index, left, minlength=sums.size)
        counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
        return np.asarray(sums / (counts + self.user_damping))

    def for_users_of(self, ratings: Ratings) -> Self:
        other = copy(self)
        other.user_bias = self._solve_users(ratings)
        return other

    def predict(self, users: Rows, items: Rows) -> Float32:
        return (self.mean + self.user_bias[users] + self.item_bias[items]).astype(np.float32)


class Popularity(GlobalMean):
    """Ranks by number of ratings, the same list for everyone."""

    name = "popularity"
    predicts, ranks, ranks_new_users = False, True, True

    def __init__(self, ratings: Ratings) -> None:
        super().__init__(ratings)
        self.item_scores = item_counts(ratings).astype(np.float32)


class RecentPopularity(Popularity):
    """Ranks by number of ratings in the last `days` before a user's last known rating.

    Items with equally many stand in the order of all their ratings. Who has told nothing is asked
    at the moment of the newest rating.
    """

    name = "recent popularity"
    needs_times = True

    def __init__(self, ratings: Ratings, days: float = 30.0) -> None:
        super().__init__(ratings)
        if ratings.times is None:
            raise ValueError("recent popularity needs the times of the ratings")
        order = np.argsort(ratings.times, kind="stable")
        self.times = ratings.times[order]
        self.items = ratings.item_index[order]
        self.seconds = days * _DAY
        self.item_scores /= self.item_scores.max(initial=0.0) + 1.0  # below one: breaks ties
        self.moments = _last_times(ratings)

    def for_users_of(self, ratings: Ratings) -> Self:
        other = copy(self)
        other.moments = _last_times(ratings)
        return other

    def score(self, users: Rows) -> Float32:
        return np.stack([self._at(float(self.moments[user])) for user in users.tolist()])

    def for_person(
        self, item_index: Int64, stars: Float32, times: Float64 | None = None
    ) -> Float32:
        return self._at(float(np.max(times)) if times is not None and times.size else np.nan)

    def _at(self, moment: float) -> Float32:
        until = float(self.times[-1]) if np.isnan(moment) else moment
        first = np.searchsorted(self.times, until - self.seconds, side="right")
        last = np.searchsorted(self.times, until, side="right")
        recent = np.bincount(self.items[first:last], minlength=self.item_scores.size)
        return recent.astype(np.float32) + self.item_scores


# Linear in the number of ratings; those of `item_item_baselines` square the number of items.
CHEAP = (GlobalMean, DampedItemMean, BiasOnly, Popularity, RecentPopularity)


def item_counts(ratings: Ratings) -> Float64:
    """(n_items,) number of ratings."""
    return np.bincount(ratings.item_index, minlength=ratings.n_items).astype(np.float64)


def _last_times(ratings: Ratings) -> Float64:
    """(n_users,) of each user's newest rating; NaN without any."""
    last = np.full(ratings.n_users, -np.inf)
    if ratings.times is not None:
        np.maximum.at(last, ratings.user_index, ratings.times)
    return np.where(np.isfinite(last), last, np.nan)
