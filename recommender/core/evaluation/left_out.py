"""What it costs a person that the fit never learned from them.

The same people, held-out ratings and candidates twice: with the people inside the fit, and left
out of it and folded in. So is served who is alone on a site that a data set has taught, and whoever
does not let the model learn from their ratings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recommender.core.evaluation.baselines import Rows
from recommender.core.evaluation.entries import Entry, Task, compare_lists, compare_stars
from recommender.core.evaluation.model_adapter import LatentFactors
from recommender.core.evaluation.splits import PERMUTATION_SEED
from recommender.core.factors import Factors
from recommender.core.ratings import Ratings

MOST_GROUPS = 10  # each costs a fit
MIN_PEOPLE = 5


class LeftOut:
    """Collects groups of people, each asked of a model that knew them and of one that did not.

    task: with what everybody told; inside: the model fitted to all of it.
    """

    def __init__(self, task: Task, inside: LatentFactors) -> None:
        self.task, self.inside = task, inside
        self.entries: list[tuple[Entry, Entry]] = []
        self.n_at_a_time = 0

    def add(self, outside: LatentFactors, people: Rows) -> None:
        """Ask about people whom the fit of `outside` never saw."""
        known = self.task.known
        own = known.take(np.isin(known.user_index, people))
        folded_in = outside.for_users_of(own)
        self.entries.append(
            (self.task.ask(self.inside, people, people), self.task.ask(folded_in, people, people))
        )
        self.n_at_a_time = max(self.n_at_a_time, int(people.size))

    def measure_groups(
        self, n_at_a_time: int, fit: Callable[[Ratings], Factors], on_phase: Callable[[str], None]
    ) -> None:
        """Everybody with held-out ratings, so many at a time, in at most MOST_GROUPS groups."""
        known = self.task.known
        everyone = np.unique(self.task.held_out.user_index)
        drawn = np.random.default_rng(PERMUTATION_SEED).permutation(everyone)
        starts = range(0, drawn.size, n_at_a_time)[:MOST_GROUPS]
        for number, start in enumerate(starts, 1):
            people = drawn[start : start + n_at_a_time]
            others = known.take(~np.isin(known.user_index, people))
            if len(others):
                on_phase(f"fitting without group {number} of {len(starts)}")
                self.add(LatentFactors.of(fit(others)), people)

    def figures(self) -> dict[str, Any] | None:
        """JSON-safe; the differences are those of being left out. None for too few people."""
        if not self.entries:
            return None
        inside, outside = (Entry.pooled(parts) for parts in zip(*self.entries, strict=True))
        if not (inside.stars and outside.stars and inside.lists and outside.lists):
            return None
        n_people = int(np.unique(outside.stars.people).size)
        if n_people < MIN_PEOPLE:
            return None
        return {
            "n_people": n_people,
            "n_at_a_time": self.n_at_a_time,
            "inside": _figures(inside),
            "outside": _figures(outside),
            "stars": compare_stars(outside.stars, inside.stars),
            "lists": compare_lists(outside.lists, inside.lists),
        }


def _figures(entry: Entry) -> dict[str, float]:
    stars, lists = entry.stars, entry.lists
    return {
        "rmse": stars.report().rmse if stars else float("nan"),
        "ndcg": lists.report().ndcg if lists else float("nan"),
    }
