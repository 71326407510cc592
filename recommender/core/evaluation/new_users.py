"""How well a new user is served, by how many ratings they have given.

Some users are left out of the fit altogether. Each is then known by their first few ratings, and
predicted and ranked on the ratings that the protocol holds out. What must be predicted and what
there is to choose from is the same whatever number is known, so the rows differ in knowledge alone
(and in users: nobody stands in a row who has fewer ratings to give).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from recommender.core.evaluation.metrics import rows_by_user
from recommender.core.evaluation.splits import PERMUTATION_SEED, Split, in_time_order
from recommender.core.ratings import Int64, Ratings

SHARE = 0.2  # of the users
MOST = 500


class Bucket(NamedTuple):
    """How many ratings somebody has given."""

    lowest: int
    highest: int | None  # None: no end

    @property
    def name(self) -> str:
        if self.highest is None:
            return f"{self.lowest}+"
        if self.highest == self.lowest:
            return str(self.lowest)
        return f"{self.lowest}-{self.highest}"


BUCKETS = (
    Bucket(0, 0), Bucket(1, 2), Bucket(3, 5), Bucket(6, 10), Bucket(11, 20), Bucket(21, None),
)  # fmt: skip


@dataclass(frozen=True)
class NewUsers:
    """Users outside the fit; all parts share one vocabulary."""

    others: Ratings  # what the fit may learn from
    own: Ratings  # what the new users rated before the held-out ratings
    held_out: Ratings
    order: list[Int64]  # for each user the rows of `own`, first to last

    @classmethod
    def draw(
        cls, ratings: Ratings, split: Split, in_order: bool, seed: int = PERMUTATION_SEED
    ) -> NewUsers:
        """A fifth of those who have held-out ratings, at most MOST."""
        rng = np.random.default_rng(seed)
        train, test = map(ratings.take, split)
        asked = rng.permutation(np.unique(test.user_index))
        chosen = asked[: min(MOST, int(np.ceil(SHARE * asked.size)))]
        is_new = np.zeros(ratings.n_users, np.bool_)
        is_new[chosen] = True
        own = train.take(is_new[train.user_index])
        rows = in_time_order(own) if in_order else rows_by_user(own)
        return cls(
            others=train.take(~is_new[train.user_index]),
            own=own,
            held_out=test.take(is_new[test.user_index]),
            order=rows if in_order else [rng.permutation(part) for part in rows],
        )

    def in_bucket(self, bucket: Bucket, seed: int = PERMUTATION_SEED) -> tuple[Ratings, Ratings]:
        """The ratings known in this bucket, and the held-out ones of the users in it."""
        rng = np.random.default_rng(seed)
        people = np.unique(self.held_out.user_index)
        lowest, highest = bucket
        inside = [u for u in people.tolist() if self.order[u].size >= lowest]
        known = [np.empty(0, np.int64)]
        for user in inside:
            own = self.order[user]
            most = own.size if highest is None else min(highest, own.size)
            n_given = most if highest is None else int(rng.integers(lowest, most + 1))
            known.append(own[:n_given])
        held_out = self.held_out.take(np.isin(self.held_out.user_index, inside))
        return self.own.take(np.concatenate(known)), held_out
