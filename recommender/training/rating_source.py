"""The ratings of a snapshot of PostgreSQL as a source: each part of a fit reads its own users'.

Imports Django only to read: the scheduler of a cluster unpickles a source, too, and is no site.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recommender.core import Ratings
from recommender.core.evaluation.splits import temporal_counts, temporal_of_users
from recommender.core.ratings import find_rows

RATINGS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class PostgresRatings:
    """A `RatingSource`. Pickled, it holds no ratings: a worker reads those it is to learn from.

    The snapshot must be kept open while it is read (`packed_ratings.shared_snapshot`).
    """

    snapshot: str
    ratings: Ratings | None  # all of them, in the process that began
    user_ids: np.ndarray  # (n_users,) int64
    item_ids: np.ndarray  # (n_items,) int64
    stored_counts: np.ndarray  # (n_users,) int64 ratings of each, without those held out too
    user_weights: np.ndarray | None  # (n_users,) float32 what each one's ratings weigh
    held_out: float = 0.0  # the share of each user's ratings, the newest, that is left out

    @classmethod
    def of(cls, snapshot: str, ratings: Ratings) -> PostgresRatings:
        """ratings: by user, as a refit reads them; all of a user's weigh the same."""
        counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
        weights = None
        if ratings.weights is not None:
            weights = np.ones(ratings.n_users, np.float32)
            weights[ratings.user_index] = ratings.weights
        return cls(snapshot, ratings, ratings.user_ids, ratings.item_ids, counts, weights)

    def without_newest(self, share: float, ratings: Ratings) -> PostgresRatings:
        """The same without the newest of each user's; ratings: those that are left."""
        return replace(self, ratings=ratings, held_out=share)

    @property
    def user_counts(self) -> np.ndarray:
        return temporal_counts(self.stored_counts, self.held_out)

    def read(self, first: int, last: int) -> Ratings:
        """See `RatingSource`."""
        if self.ratings is not None and (first, last) == (0, self.user_ids.size):
            return self.ratings
        set_up_django()
        from recommender.training import packed_ratings

        users = self.user_ids[first:last]
        with packed_ratings.own_connection(self.snapshot) as own:
            chunks = [
                packed_ratings.read_postgresql(own, "user_id", int(ids[0]), int(ids[-1]) + 1)
                for ids in self._parts(first, last)
            ]
        packed, seconds = packed_ratings.joined(chunks)
        user_index = find_rows(users, packed >> 32).astype(np.int32)
        weights = self.user_weights
        ratings = Ratings(
            users,
            self.item_ids,
            user_index,
            find_rows(self.item_ids, (packed >> 4) & packed_ratings.MAX_MOVIE_ID).astype(np.int32),
            (packed & 15).astype(np.float32) / 2,
            packed_ratings.seconds_since_1970(seconds),
            weights=None if weights is None else weights[first:last][user_index],
        )
        if not self.held_out:
            return ratings
        return ratings.take(temporal_of_users(ratings, self.held_out)[0])

    def _parts(self, first: int, last: int) -> list[np.ndarray]:
        """Ids of users next to each other with about a million ratings."""
        counts = self.stored_counts[first:last]
        n_parts = max(1, int(counts.sum()) // RATINGS_AT_ONCE)
        cuts = np.searchsorted(np.cumsum(counts), np.arange(1, n_parts) * RATINGS_AT_ONCE)
        return [part for part in np.split(self.user_ids[first:last], cuts) if part.size]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "ratings": None}


def set_up_django() -> None:
    """In a worker of a cluster, which has the site's environment but is none of its processes."""
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")
        django.setup()
