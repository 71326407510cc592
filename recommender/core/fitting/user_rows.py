"""The rows of users that a fit leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender.core.ratings import Float32, Int64

if TYPE_CHECKING:
    from recommender.core.fitting.threads import Workers


@dataclass(frozen=True)
class UserRows:
    """Finished rows of some users; a user without ratings is the mean user."""

    user_ids: Int64  # (n,) sorted
    bias: Float32  # (n,)
    vectors: Float32  # (n, k)
    implicit: Float32  # (n, k)
    interest: Float32  # (n, k2)
    n_ratings: Int64  # (n,)

    def at(self, rows: Int64) -> UserRows:
        """Those at `rows`, (m,)."""
        return UserRows(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[UserRows]) -> UserRows:
        """All of them, in the order given."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def finish_rows(
    workers: Workers,
    user_ids: Int64,
    counts: Int64,
    rows: Float32,
    implicit: Float32,
    interest: Float32,
    mean_person: Float32,
    on_users: Callable[[UserRows], Any] | None,
) -> UserRows:
    """A task: the rows of a part, given to `on_users`; mean_person: (2 + k,) the mean user."""
    own = slice(2, mean_person.size)
    bias, vectors = rows[:, 0].copy(), rows[:, own].copy()
    nobody = counts == 0
    bias[nobody], vectors[nobody] = mean_person[0], mean_person[own]
    finished = UserRows(user_ids, bias, vectors, implicit[:, own].copy(), interest, counts)
    if on_users is not None:
        on_users(finished)
    return finished
