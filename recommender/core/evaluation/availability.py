"""What a list of the past may show: items that somebody had rated before the list is made.

A split by time keeps each user's newest ratings back, and the fit learns from what others rated
later. Without this rule a list of 1997 could show what nobody had rated until 1998.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.core.ratings import Float64, Int32, Int64, Ratings


@dataclass(frozen=True)
class Availability:
    """When each item came, and when each user's list is made."""

    first_rated: Float64  # (n_items,) seconds; infinite for items that nobody rated
    moments: Float64  # (n_users,) the first held-out rating; infinite for users without any

    @classmethod
    def of(cls, ratings: Ratings, held_out: Ratings) -> Availability:
        """From all ratings, with their times, and those held out, under the same vocabularies."""
        return cls(
            first_rated=first_ratings(ratings),
            moments=_earliest(held_out, held_out.user_index, held_out.n_users),
        )

    def unavailable(self, user: int) -> Int64:
        """Rows of the items without a rating before this user's list."""
        return np.flatnonzero(too_early(self.first_rated, float(self.moments[user])))

    def n_too_early(self, user: int, rows: Int64) -> int:
        """How many of the items at `rows` nobody had rated before this user's list."""
        return int(np.count_nonzero(too_early(self.first_rated[rows], float(self.moments[user]))))


def first_ratings(ratings: Ratings) -> Float64:
    """(n_items,) seconds of each item's first rating; infinite for items that nobody rated."""
    return _earliest(ratings, ratings.item_index, ratings.n_items)


def too_early(first_rated: Float64, moment: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(n_items,) which items nobody had rated before that moment."""
    return np.asarray(first_rated >= moment)


def _earliest(ratings: Ratings, index: Int32, size: int) -> Float64:
    if ratings.times is None:
        raise ValueError("what was there at a moment needs the times of the ratings")
    earliest = np.full(size, np.inf)
    np.minimum.at(earliest, index, ratings.times)
    return earliest
