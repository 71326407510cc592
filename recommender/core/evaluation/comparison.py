"""Compare the model with baselines on the same held-out ratings and lists.

No setting is chosen by what the held-out ratings say; all of them come from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.evaluation.availability import Availability
from recommender.core.evaluation.baselines import Baseline, Rows, item_counts
from recommender.core.evaluation.entries import Entry, Task
from recommender.core.evaluation.left_out import LeftOut
from recommender.core.evaluation.model_adapter import LatentFactors
from recommender.core.evaluation.new_users import BUCKETS, Bucket, NewUsers
from recommender.core.evaluation.splits import PERMUTATION_SEED, Protocol, Split, has_times
from recommender.core.evaluation.yardstick_tables import YardstickTables
from recommender.core.factors import Factors
from recommender.core.ratings import Ratings

Fit = Callable[[Ratings], Factors]
MakeBaseline = Callable[[Ratings], Baseline]
OnPhase = Callable[[str], None]

# An interval over this many users is narrow enough; a list ranks the whole catalogue.
MOST_PEOPLE_FOR_STARS = 5000
MOST_PEOPLE_FOR_LISTS = 2000
# The 95 % interval of an RMSE from fewer says nothing.
MIN_HELD_OUT = 100


class TooFewRatings(ValueError):
    """Too few ratings are held out for a meaningful comparison."""


def compare_models(
    ratings: Ratings,
    protocol: Protocol,
    fit: Fit,
    baselines: Sequence[MakeBaseline],
    on_phase: OnPhase = lambda phase: None,
    *,
    left_out_at_a_time: int = 0,
) -> dict[str, Any]:
    """The table of all models, JSON-safe.

    fit: learns the model from some of the ratings, under their vocabularies; called once for each
    fold and once without the new users. on_phase: called with the name of each phase before it
    begins. left_out_at_a_time: measure everybody left out of a fit, so many at a time and in one
    fit for each group, instead of the new users alone.

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
    if not has_times(ratings):
        baselines = [make for make in baselines if not getattr(make, "needs_times", False)]
    tasks = [_task(ratings, split, protocol) for split in splits]
    parts, stops, model = _everybody(tasks, fit, baselines, on_phase)
    entries = [Entry.pooled(of_one) for of_one in parts.values()]
    new_users = NewUsers.draw(ratings, splits[0], protocol.in_order)
    left_out = LeftOut(tasks[0], model)
    unseen = _NewUserTables(ratings, new_users, tasks[0])
    unseen.measure(fit, baselines, on_phase, left_out)
    if left_out_at_a_time:
        left_out = LeftOut(tasks[0], model)
        left_out.measure_groups(left_out_at_a_time, fit, on_phase)
    return {
        "protocol": protocol.name,
        "n_ratings": len(ratings),
        "n_people": int(np.unique(ratings.user_index).size),
        "n_movies": ratings.n_items,
        "n_held_out": n_held_out,
        "contestants": [entry.figures(entries[0]) for entry in entries],
        "folds": [{"rmse": part.stars.report().rmse} for part in parts[model.name] if part.stars],
        "boldness": stops,
        "by_given": unseen.by_given(),
        "yardsticks": unseen.yardsticks.tables(),
        "left_out": left_out.figures(),
    }


def _task(ratings: Ratings, split: Split, protocol: Protocol) -> Task:
    train, test = map(ratings.take, split)
    availability = Availability.of(ratings, test) if protocol.in_order else None
    return Task(train, test, item_counts(train), availability=availability)


def _everybody(
    tasks: Sequence[Task], fit: Fit, baselines: Sequence[MakeBaseline], on_phase: OnPhase
) -> tuple[dict[str, list[Entry]], list[dict[str, Any]], LatentFactors]:
    """All contestants, fold by fold; the model of the first fold, at every stop of boldness."""
    entries: dict[str, list[Entry]] = {}
    stops: list[dict[str, Any]] = []
    models: list[LatentFactors] = []
    for number, task in enumerate(tasks, 1):
        fold = f", fold {number} of {len(tasks)}" if len(tasks) > 1 else ""
        people, listed = _people_asked(task.held_out)
        for contestant in _contestants(task.known, fit, baselines, on_phase, fold):
            on_phase(f"measuring {contestant.name}{fold}")
            entry = task.ask(contestant, people, listed)
            entries.setdefault(contestant.name, []).append(entry)
            if isinstance(contestant, LatentFactors) and not models:
                models.append(contestant)
                stops = _stops(task, contestant, listed, on_phase)
    return entries, stops, models[0]


def _contestants(
    train: Ratings,
    fit: Fit,
    baselines: Sequence[MakeBaseline],
    on_phase: OnPhase,
    where: str,
) -> Iterator[Baseline]:
    """One at a time, the model first: some of the baselines hold squares of the catalogue."""
    on_phase(f"fitting{where}")
    yield LatentFactors.of(fit(train))
    for make in baselines:
        on_phase(f"preparing {getattr(make, 'name', 'a baseline')}{where}")
        yield make(train)


class _NewUserTables:
    """What is measured on users outside the fit, by how many ratings they have given."""

    def __init__(self, ratings: Ratings, new_users: NewUsers, task: Task) -> None:
        self.new_users = new_users
        self.people = np.unique(new_users.held_out.user_index)
        self.availability = task.availability
        self.entries: dict[Bucket, list[Entry]] = {bucket: [] for bucket in BUCKETS}
        whole = ratings.take(np.isin(ratings.user_index, self.people))
        self.yardsticks = YardstickTables(ratings, whole, new_users.others)

    def measure(
        self,
        fit: Fit,
        baselines: Sequence[MakeBaseline],
        on_phase: OnPhase,
        left_out: LeftOut,
    ) -> None:
        """Ask every contestant, made without the new users."""
        others = self.new_users.others
        if not len(others) or not self.people.size:
            return
        where = " without new users"
        for contestant in _contestants(others, fit, baselines, on_phase, where):
            on_phase(f"measuring {contestant.name} for new users")
            if isinstance(contestant, LatentFactors):
                left_out.add(contestant, self.people)
            self._ask(contestant, item_counts(others))
            on_phase(f"measuring first lists of {contestant.name}")
            self.yardsticks.add(contestant)

    def _ask(self, contestant: Baseline, popularity: Any) -> None:
        for bucket in BUCKETS:
            known, held_out = self.new_users.in_bucket(bucket)
            task = Task(known, held_out, popularity, self.new_users.own, self.availability)
            if len(held_out):
                entry = task.ask(contestant.for_users_of(known), self.people, self.people)
                self.entries[bucket].append(entry)

    def by_given(self) -> list[dict[str, Any]]:
        return [_row(bucket, row) for bucket, row in self.entries.items() if row]


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


def _people_asked(test: Ratings) -> tuple[Rows, Rows]:
    """Whose stars are measured, and whose lists: the same users as far as both go."""
    everyone = np.unique(test.user_index)
    drawn = np.random.default_rng(PERMUTATION_SEED).permutation(everyone)
    return drawn[:MOST_PEOPLE_FOR_STARS], drawn[:MOST_PEOPLE_FOR_LISTS]
