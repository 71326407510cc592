"""Newer ratings count more: how old each of a user's ratings is, and what weight its age gives it.

The age of a rating is counted in ratings of the same user that are newer, not in days: taste moves
with what somebody has seen since. Ratings of the same second are equally old. No minute counts for
more than `STEPS_A_MINUTE`, so that an import of a thousand ratings does not make everything before
it a thousand steps older.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.core.ratings import Bool, Float64, Int64

# More than anybody rates by hand.
STEPS_A_MINUTE = 20.0


def rating_ages(times: Any, n: int) -> Float64:
    """(n,) how many steps newer ratings of the same user lie between each rating and now.

    times: (n,) seconds, in any order; None for ratings in the order they were given, oldest first.

    >>> rating_ages([300.0, 100.0, 300.0, 900.0], 4)
    array([1., 3., 1., 0.])
    >>> rating_ages(None, 3)
    array([2., 1., 0.])
    """
    if times is None:
        return np.arange(n - 1, -1, -1, dtype=np.float64)
    return ages_by_user(np.zeros(n, np.int64), np.asarray(times, np.float64))


def ages_by_user(user_index: Any, times: Float64) -> Float64:
    """(n,) the same for the ratings of many users at once; user_index: (n,) whose each one is."""
    if not times.size:
        return np.empty(0)
    order = np.lexsort((times, user_index))
    users, seconds = np.asarray(user_index)[order], times[order]
    is_other = np.diff(users) != 0
    minutes, _ = _runs(is_other | (np.diff(np.floor(seconds / 60.0)) != 0))
    steps = np.minimum(1.0, STEPS_A_MINUTE / np.bincount(minutes)[minutes])
    until = np.cumsum(steps)
    of_user, last_of_user = _runs(is_other)
    of_second, last_of_second = _runs(is_other | (np.diff(seconds) != 0))
    ages = np.empty(users.size)
    ages[order] = until[last_of_user[of_user]] - until[last_of_second[of_second]]
    return ages


def recency_weights(ages: Float64, newest: float, oldest: float, steps: float) -> Float64:
    """(n,) oldest + (newest - oldest) e^(-age / steps)."""
    return np.asarray(oldest + (newest - oldest) * np.exp(-ages / steps))


def _runs(is_new: Bool) -> tuple[Int64, Int64]:
    """The number of the run each of n things is in, and the last place of each run.

    is_new: (n - 1,) whether the next thing begins another run.
    """
    numbers = np.concatenate([[0], np.cumsum(is_new)])
    return numbers, np.append(np.flatnonzero(is_new), is_new.size)
