"""The yardsticks of lists of all contestants, for new users' first ratings, in two orders.

In order of time, as on a site, and at random: where all people were once shown the same movies to
rate, the order of time flatters lists that are the same for everybody.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.core.evaluation.availability import first_ratings
from recommender.core.evaluation.baselines import Baseline, item_counts
from recommender.core.evaluation.list_yardsticks import (
    N_GIVEN,
    ListYardsticks,
    Person,
    Setting,
    list_yardsticks,
    nearest_items,
    page_as_shown,
    people_with_history,
    printed_stars,
)
from recommender.core.evaluation.model_adapter import LatentFactors
from recommender.core.evaluation.splits import PERMUTATION_SEED, has_times
from recommender.core.ratings import Int64, Ratings

# Each of them is scored 32 times by each contestant.
MOST_PEOPLE_FOR_YARDSTICKS = 100
MIN_PEOPLE = 5
N_TOLD = max(N_GIVEN)


class YardstickTables:
    """One table for each order.

    ratings: all of them; unseen: those of the new users; others: what contestants were made from.
    """

    def __init__(self, ratings: Ratings, unseen: Ratings, others: Ratings) -> None:
        is_timed = has_times(ratings)
        drawn = unseen.take(np.isin(unseen.user_index, _with_history(unseen)))
        self.people: dict[str, list[Person]] = {}
        if is_timed:
            self.people["time"] = people_with_history(drawn, N_TOLD)
        self.people["random"] = people_with_history(
            drawn, N_TOLD, in_order=False, seed=PERMUTATION_SEED
        )
        self.counts = item_counts(others)
        self.first_rated = first_ratings(ratings) if is_timed else None
        self.lowest = float(ratings.stars.min())
        self.highest = float(ratings.stars.max())
        self.setting: Setting | None = None
        self.entries: list[tuple[str, bool, dict[str, list[ListYardsticks]]]] = []

    def add(self, contestant: Baseline) -> None:
        """The model first: its neighbours of a movie are everybody's."""
        if not contestant.ranks or len(self.people["random"]) < MIN_PEOPLE:
            return
        model = contestant if isinstance(contestant, LatentFactors) else None
        if self.setting is None:
            nearest = nearest_items(model.items) if model else None
            self.setting = Setting(
                self.counts, nearest, self.first_rated, self.lowest, self.highest
            )
        rows = {
            order: list_yardsticks(
                people,
                contestant.for_person,
                self.setting,
                printed=printed_stars(model.items) if model else None,
                order_page=page_as_shown(model.items) if model else None,
            )
            for order, people in self.people.items()
        }
        self.entries.append((contestant.name, model is not None, rows))

    def tables(self) -> list[dict[str, Any]]:
        """JSON-safe; empty with too few people who have rated enough."""
        if not self.entries:
            return []
        return [
            {
                "order": order,
                "n_people": len(people),
                "given": list(N_GIVEN),
                "contestants": [
                    {
                        "name": name,
                        "is_model": is_model,
                        "rows": [row.to_dict() for row in rows[order]],
                    }
                    for name, is_model, rows in self.entries
                ],
            }
            for order, people in self.people.items()
        ]


def _with_history(unseen: Ratings) -> Int64:
    """Rows of users with enough ratings to tell some and to be measured on others."""
    counts = np.bincount(unseen.user_index, minlength=unseen.n_users)
    enough = np.flatnonzero(counts >= 2 * N_TOLD)
    drawn = np.random.default_rng(PERMUTATION_SEED).permutation(enough)
    return drawn[:MOST_PEOPLE_FOR_YARDSTICKS]
