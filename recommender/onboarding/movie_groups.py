"""The active run's groups in memory, and where a person starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommender.core.onboarding.item_clusters import Groups
from recommender.core.onboarding.next_question import Questions
from recommender.core.onboarding.prior_from_answers import Start, start_from
from recommender.onboarding.answers import OnboardingAnswers
from recommender.serving.model_cache import Model
from recommender.training import store


@dataclass(frozen=True)
class Grouping:
    """The groups of the run that `model` holds."""

    model: Model
    groups: Groups  # with rows of the model for what is shown

    @cached_property
    def questions(self) -> Questions:
        return Questions.about(self.model.items, self.groups.spread)

    def start_of(self, said: OnboardingAnswers) -> Start:
        """Where the person starts who said this, by this run."""
        known = self.model.known_rows
        return start_from(self.model.items, self.groups, known(said.picked), known(said.favourites))

    def votes(self, movie_ids: tuple[int, ...]) -> np.ndarray:
        """(g,) how many of the movies are now in each group."""
        rows = self.model.known_rows(movie_ids)
        nearest = self.groups.of(self.model.items.interest[rows])
        return np.bincount(nearest, minlength=len(self.groups))


_latest: Grouping | None = None


def grouping_of(model: Model) -> Grouping:
    """Read once for each run and process. A run from before there were groups has none."""
    global _latest
    if _latest is None or _latest.model is not model:
        _latest = Grouping(model, store.load_movie_groups(model.run_id, model.items))
    return _latest
