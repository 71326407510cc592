"""What contestants are asked, their figures, and who is ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.evaluation.availability import Availability
from recommender.core.evaluation.baselines import Baseline, Rows
from recommender.core.evaluation.metrics import ListFigures, StarErrors, mean_over_people
from recommender.core.ratings import Float64, Ratings


@dataclass(frozen=True)
class Entry:
    """One contestant on one task; None where it has no opinion of its own."""

    name: str
    stars: StarErrors | None
    lists: ListFigures | None

    @classmethod
    def pooled(cls, parts: Sequence[Entry]) -> Entry:
        """The same contestant over several folds."""
        stars = [part.stars for part in parts if part.stars is not None]
        lists = [part.lists for part in parts if part.lists is not None]
        return cls(
            parts[0].name,
            StarErrors.pooled(stars) if stars else None,
            ListFigures.pooled(lists) if lists else None,
        )

    def figures(self, model: Entry) -> dict[str, Any]:
        """JSON-safe, with how the model does against this one."""
        is_model = self is model
        stars = self.stars.report().to_dict() if self.stars else None
        lists = self.lists.report().to_dict() if self.lists else None
        if stars and not is_model and self.stars and model.stars:
            stars["model"] = compare_stars(model.stars, self.stars)
        if lists and not is_model and self.lists and model.lists:
            lists["model"] = compare_lists(model.lists, self.lists)
        return {"name": self.name, "is_model": is_model, "stars": stars, "lists": lists}


@dataclass(frozen=True)
class Task:
    """What every contestant is asked."""

    known: Ratings  # of the users asked; no list shows these
    held_out: Ratings
    popularity: Float64  # (n_items,) training ratings
    out_of_reach: Ratings | None = None  # rated, though not known: no list shows these either
    availability: Availability | None = None  # with a split by time: what a list may show

    def ask(self, contestant: Baseline, people: Rows, listed: Rows) -> Entry:
        test = self.held_out.take(np.isin(self.held_out.user_index, people))
        stars = lists = None
        if contestant.predicts and len(test):
            predicted = contestant.predict(test.user_index, test.item_index)
            stars = StarErrors.of(predicted, test.stars, test.user_index)
        if contestant.ranks and (contestant.ranks_new_users or len(self.known)):
            lists = self.lists(contestant, listed)
        return Entry(contestant.name, stars, lists)

    def lists(self, contestant: Baseline, people: Rows) -> ListFigures:
        wanted = self.held_out.take(np.isin(self.held_out.user_index, people))
        excluded = self.out_of_reach or self.known
        return ListFigures.measure(
            excluded,
            wanted,
            contestant.score,
            popularity=self.popularity,
            availability=self.availability,
        )


def compare_stars(model: StarErrors, other: StarErrors) -> dict[str, Any]:
    """The model's RMSE less the other's, and what to make of it, rating by rating."""
    square, half = mean_over_people(model.error**2 - other.error**2, model.people)
    difference = model.report().rmse - other.report().rmse
    return {"difference": difference, "verdict": _verdict(-square, half)}


def compare_lists(model: ListFigures, other: ListFigures) -> dict[str, Any]:
    """The model's NDCG less the other's, and what to make of it, user by user."""
    if not model.people.size:
        return {"difference": 0.0, "verdict": "level"}
    gain, half = mean_over_people(model.ndcg - other.ndcg, model.people)
    return {"difference": gain, "verdict": _verdict(gain, half)}


def _verdict(gain: float, half: float) -> str:
    """Ahead or behind when the 95 % interval of the paired difference leaves out zero."""
    if abs(gain) <= half:
        return "level"
    return "ahead" if gain > 0 else "behind"
