"""The groups of movies that the onboarding page shows, for one run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommender import store
from recommender.core.onboarding.item_clusters import ItemClusters
from recommender.core.onboarding.next_question import Questions
from recommender.core.onboarding.prior_from_answers import InterestPrior, prior_from_answers
from recommender.serving.model_cache import Model
from recommender.serving.user_state import OnboardingAnswers


@dataclass(frozen=True)
class RunGroups:
    """The groups of the run that `model` holds."""

    model: Model
    groups: ItemClusters  # their `shown` are rows of the model

    @cached_property
    def questions(self) -> Questions:
        return Questions.about(self.model.items, self.groups.interest_covariance)

    def start_of(self, answers: OnboardingAnswers) -> InterestPrior:
        """Prior of a user who gave these onboarding answers."""
        known = self.model.known_rows
        return prior_from_answers(
            self.model.items, self.groups, known(answers.picked), known(answers.favourites)
        )

    def votes(self, movie_ids: tuple[int, ...]) -> np.ndarray:
        """(n_groups,) how many of the movies are in each group of this run."""
        rows = self.model.known_rows(movie_ids)
        nearest = self.groups.of(self.model.items.interest[rows])
        return np.bincount(nearest, minlength=len(self.groups))


_latest: RunGroups | None = None


def groups_of_run(model: Model) -> RunGroups:
    """Read once per process and run. Runs older than the groups have none."""
    global _latest
    if _latest is None or _latest.model is not model:
        _latest = RunGroups(model, store.load_movie_groups(model.run_id, model.items))
    return _latest
