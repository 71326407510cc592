"""How generously users rate compared with everybody else: statistics of the whole site.

For a rating of stars r for item i by a user, the others' mean is (S_i - r) / (N_i - 1), with S_i
the sum and N_i the number of the item's ratings. Items with fewer than `min_others` others say
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.ratings import Float64, Ratings

_CHUNK = 1_000_000


@dataclass(frozen=True)
class RatingHabits:
    """One row for each user with enough comparable ratings."""

    generosity: Float64  # (n,) mean of r - others' mean
    distance: Float64  # (n,) mean of |r - others' mean|


def rating_habits(ratings: Ratings, min_others: int, min_ratings: int) -> RatingHabits:
    """Generosity and distance of everyone with at least `min_ratings` comparable ratings."""
    n = ratings.n_users
    item_counts = np.bincount(ratings.item_index, minlength=ratings.n_items)
    item_sums = _sums(ratings.item_index, ratings.stars, ratings.n_items)
    counts, signed, absolute = np.zeros(n), np.zeros(n), np.zeros(n)
    # In pieces: at 25 million ratings each of these arrays would be 200 MB.
    for start in range(0, len(ratings), _CHUNK):
        piece = slice(start, start + _CHUNK)
        users, items, stars = (
            ratings.user_index[piece], ratings.item_index[piece], ratings.stars[piece],
        )  # fmt: skip
        others = item_counts[items] - 1
        kept = others >= max(min_others, 1)
        gap = stars[kept] - (item_sums[items[kept]] - stars[kept]) / others[kept]
        counts += np.bincount(users[kept], minlength=n)
        signed += np.bincount(users[kept], gap, minlength=n)
        absolute += np.bincount(users[kept], np.abs(gap), minlength=n)
    known = counts >= max(min_ratings, 1)
    return RatingHabits(signed[known] / counts[known], absolute[known] / counts[known])


def _sums(index: Any, values: Any, size: int) -> Float64:
    total = np.zeros(size)
    for start in range(0, len(values), _CHUNK):
        piece = slice(start, start + _CHUNK)
        total += np.bincount(index[piece], values[piece], minlength=size)
    return total


def quantiles(values: Any, steps: int = 20) -> Float64:
    """(steps + 1,) from the least to the greatest; empty without values."""
    known = np.asarray(values, np.float64)
    return np.quantile(known, np.linspace(0, 1, steps + 1)) if known.size else np.empty(0)


def share_below(value: float, table: Any) -> float:
    """Which part of the values behind a table of `quantiles` is lower, 0 to 1."""
    points = np.asarray(table, np.float64)
    return float(np.interp(value, points, np.linspace(0, 1, points.size)))
