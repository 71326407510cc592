"""Where the ratings of a fit come from, a range of users at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from recommender.core.ratings import Int32, Int64, Ratings


class RatingSource(Protocol):
    """Ratings that are read where they are needed; picklable.

    The factors depend on the order of a user's ratings: `read` must give the same at every call.
    """

    @property
    def user_ids(self) -> Int64:
        """(n_users,) sorted, unique."""

    @property
    def item_ids(self) -> Int64:
        """(n_items,) sorted, unique."""

    @property
    def user_counts(self) -> Int64:
        """(n_users,) number of ratings of each user."""

    def read(self, first: int, last: int) -> Ratings:
        """The ratings of the users first .. last - 1, grouped by user.

        Their user_ids are user_ids[first:last], their item_ids those of the source.
        """


@dataclass(frozen=True)
class InMemory:
    """Ratings in arrays as a source."""

    ratings: Ratings

    @property
    def user_ids(self) -> Int64:
        return self.ratings.user_ids

    @property
    def item_ids(self) -> Int64:
        return self.ratings.item_ids

    @cached_property
    def user_counts(self) -> Int64:
        return np.bincount(self.ratings.user_index, minlength=self.ratings.n_users)

    def read(self, first: int, last: int) -> Ratings:
        """All of them in the order given; some grouped by user, else in the order given."""
        ratings = self.ratings
        if (first, last) == (0, ratings.n_users):
            return ratings
        rows = np.flatnonzero((ratings.user_index >= first) & (ratings.user_index < last))
        users: Int32 = ratings.user_index[rows] - np.int32(first)
        order = np.argsort(users, kind="stable")
        return replace(
            ratings.take(rows[order]),
            user_ids=ratings.user_ids[first:last],
            user_index=users[order],
        )
