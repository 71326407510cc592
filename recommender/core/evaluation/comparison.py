"""Compare the model with baselines on the same held-out ratings and lists.

No setting is chosen by what the held-out ratings say; all of them come from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.evaluation.baselines import Baseline, Rows
from recommender.core.evaluation.metrics import ListFigures, StarErrors, mean_over_people
from recommender.core.evaluation.model_adapter import LatentFactors
from recommender.core.evaluation.new_users import BUCKETS, Bucket, NewUsers
from recommender.core.evaluation.splits import PERMUTATION_SEED, Protocol
from recommender.core.factors import Factors
from recommender.core.ratings import Float64, Ratings

Fit = Callable[[Ratings], Factors]
OnPhase = Callable[[str], None]

# An interval over this many users is narrow enough; a list ranks the whole catalogue.
MOST_PEOPLE_FOR_STARS = 5000
MOST_PEOPLE_FOR_LISTS = 2000
# The 95 % interval of an RMSE from fewer says nothing.
MIN_HELD_OUT = 100


class TooFewRatings(ValueError):
    """Too few ratings are held out for a meaningful comparison."""


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
        return ListFigures.measure(excluded, wanted, contestant.score, popularity=self.popularity)


def compare_models(
    ratings: Ratings,
    protocol: Protocol,
    fit: Fit,
    baselines: Sequence[Callable[[Ratings], Baseline]],
    on_phase: OnPhase = lambda phase: None,
) -> dict[str, Any]:
    """The table of all models, JSON-safe.

    fit: learns the model from some of the ratings, under their vocabularies; called once for each
    fold and once without the new users. on_phase: called with the name of each
    phase before it begins.

    Raises:
        TooFewRatings
        ValueError: the protocol needs times and the ratings have none.
    """
    splits = protocol.split(ratings)
    n_held_out = sum(test.size for _, test in splits)
    if n_held_out < MIN_HELD_OUT:
        raise TooFewRatings(
            f"{len(ratings):,} ratings leave {n_held_out:,} to test on; {MIN_HELD_OUT} are needed"
        )
    entries: dict[str, list[Entry]] = {}
    stops: list[dict[str, Any]] = []
    for number, split in enumerate(splits, 1):
        fold = f", fold {number} of {len(splits)}" if len(splits) > 1 else ""
        train, test = map(ratings.take, split)
        people, listed = _people_asked(test)
        task = Task(train, test, _popularity(train))
        for contestant in _contestants(train, fit, baselines, on_phase, fold):
            on_phase(f"measuring {contestant.name}{fold}")
            entry = task.ask(contestant, people, listed)
            entries.setdefault(contestant.name, []).append(entry)
            if isinstance(contestant, LatentFactors) and number == 1:
                stops = _stops(task, contestant, listed, on_phase)
    pooled = [Entry.pooled(parts) for parts in entries.values()]
    new_users = NewUsers.draw(ratings, splits[0], protocol.in_order)
    return {
        "protocol": protocol.name,
        "n_ratings": len(ratings),
        "n_people": int(np.unique(ratings.user_index).size),
        "n_movies": ratings.n_items,
        "n_held_out": n_held_out,
        "contestants": [entry.figures(pooled[0]) for entry in pooled],
        "boldness": stops,
        "by_given": _by_given(new_users, fit, baselines, on_phase),
    }


def _contestants(
    train: Ratings,
    fit: Fit,
    baselines: Sequence[Callable[[Ratings], Baseline]],
    on_phase: OnPhase,
    where: str,
) -> Iterator[Any]:
    """One at a time, the model first: two of the baselines hold squares of the catalogue."""
    on_phase(f"fitting{where}")
    yield LatentFactors.of(fit(train))
    for make in baselines:
        on_phase(f"preparing {getattr(make, 'name', 'a baseline')}{where}")
        yield make(train)


def _by_given(
    new_users: NewUsers,
    fit: Fit,
    baselines: Sequence[Callable[[Ratings], Baseline]],
    on_phase: OnPhase,
) -> list[dict[str, Any]]:
    """The same by how many ratings a new user has given."""
    entries: dict[Bucket, list[Entry]] = {bucket: [] for bucket in BUCKETS}
    people = np.unique(new_users.held_out.user_index)
    if not len(new_users.others) or not people.size:
        return []
    popularity = _popularity(new_users.others)
    for contestant in _contestants(
        new_users.others, fit, baselines, on_phase, " without new users"
    ):
        on_phase(f"measuring {contestant.name} for new users")
        for bucket in BUCKETS:
            known, held_out = new_users.in_bucket(bucket)
            task = Task(known, held_out, popularity, out_of_reach=new_users.own)
            if len(held_out):
                entries[bucket].append(task.ask(contestant.for_users_of(known), people, people))
    return [_row(bucket, row) for bucket, row in entries.items() if row]


def _row(bucket: Bucket, entries: list[Entry]) -> dict[str, Any]:
    stars = entries[0].stars
    return {
        "given": bucket.name,
        "lowest": bucket.lowest,
        "highest": bucket.highest,
        "n_people": int(np.unique(stars.people).size) if stars else 0,
        "contestants": [entry.figures(entries[0]) for entry in entries],
    }


def _stops(
    task: Task, model: LatentFactors, listed: Rows, on_phase: OnPhase
) -> list[dict[str, Any]]:
    """The lists at every stop between well known and off the beaten track."""
    rows = []
    for stop in BOLDNESS_STOPS:
        on_phase(f"measuring lists at boldness {stop:g}")
        rows.append({"boldness": stop, **task.lists(model.at(stop), listed).report().to_dict()})
    return rows


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


def _people_asked(test: Ratings) -> tuple[Rows, Rows]:
    """Whose stars are measured, and whose lists: the same users as far as both go."""
    everyone = np.unique(test.user_index)
    drawn = np.random.default_rng(PERMUTATION_SEED).permutation(everyone)
    return drawn[:MOST_PEOPLE_FOR_STARS], drawn[:MOST_PEOPLE_FOR_LISTS]


def _popularity(train: Ratings) -> Float64:
    return np.bincount(train.item_index, minlength=train.n_items).astype(np.float64)
