"""One stage of a search as a study of Optuna's, rebuilt each time from the trials in the database.

Optuna can keep its studies in tables or files of its own. They would be tables beside Django's
migrations, or a file that no other machine's worker and no backup of the database has; a few
hundred small rows of ours are read in milliseconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import optuna
from django.db import transaction
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from recommender.core import Epoch, FitDiverged
from recommender.models import HyperparameterSearch, SearchTrial
from recommender.tuning.space import Dimension, RefusedValues, Values

State = SearchTrial.State
_STATES = {
    State.COMPLETE: TrialState.COMPLETE,
    State.PRUNED: TrialState.PRUNED,
    State.FAILED: TrialState.FAIL,
}
N_RANDOM = 10  # trials drawn at random before the sampler has something to go by
QUARTERS = 4
KEPT_PERCENT = 60.0  # of the trials go on after three quarters of their epochs
OnEpoch = Callable[[Epoch], None]


@dataclass(frozen=True)
class Stage:
    """What is searched, by which score."""

    name: str
    dimensions: tuple[Dimension, ...]
    lower_is_better: bool

    def default_values(self) -> Values:
        return {dimension.name: dimension.default for dimension in self.dimensions}


class Study:
    """Asks for values to try, measures them, writes down what they scored."""

    def __init__(self, search: HyperparameterSearch, stage: Stage, first: list[Values]) -> None:
        self.search, self.stage = search, stage
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        past = list(search.trials.filter(stage=stage.name))
        # Another seed after every pause: the same one would draw the same values again.
        sampler = optuna.samplers.TPESampler(
            seed=search.seed + len(past), n_startup_trials=N_RANDOM
        )
        self._study = optuna.create_study(
            direction="minimize" if stage.lower_is_better else "maximize",
            sampler=sampler,
            # Late and lenient: the closed-form finisher, half of the work, evens curves out.
            pruner=optuna.pruners.PercentilePruner(
                KEPT_PERCENT, n_startup_trials=N_RANDOM // 2, n_warmup_steps=QUARTERS - 1
            ),
        )
        self._distributions = {d.name: _distribution(d) for d in stage.dimensions}
        for trial in past:
            self._study.add_trial(self._as_optuna(trial))
        for values in first[len(past) :]:
            self._study.enqueue_trial(values)

    def run_trial(self, measure: Callable[[Values, OnEpoch], float]) -> SearchTrial:
        """Ask, measure, write down. What `measure` raises beside divergence goes through."""
        asked = self._study.ask(self._distributions)
        trial = SearchTrial(search=self.search, stage=self.stage.name, values=asked.params)
        start = time.monotonic()
        try:
            trial.score = measure(asked.params, lambda epoch: self._report(asked, trial, epoch))
            trial.state = State.COMPLETE
        except optuna.TrialPruned:
            trial.state, trial.score = State.PRUNED, list(trial.quarters.values())[-1]
        except FitDiverged:
            trial.state = State.FAILED
        trial.seconds = time.monotonic() - start
        self._tell(asked, trial)
        return trial

    def _report(self, asked: optuna.Trial, trial: SearchTrial, epoch: Epoch) -> None:
        """Fits differ in their numbers of epochs: compared are quarters of the way."""
        if epoch.block != "rating" or epoch.validation_rmse is None:
            return
        quarter = QUARTERS * epoch.epoch // epoch.n_epochs
        if not quarter or str(quarter) in trial.quarters:
            return
        trial.quarters[str(quarter)] = epoch.validation_rmse
        asked.report(epoch.validation_rmse, quarter)
        # At the end there is nothing left to save.
        if quarter < QUARTERS and asked.should_prune():
            raise optuna.TrialPruned

    def _tell(self, asked: optuna.Trial, trial: SearchTrial) -> None:
        with transaction.atomic():
            trial.save()
        value = trial.score if trial.state == State.COMPLETE else None
        self._study.tell(asked, value, state=_STATES[trial.state])

    def _as_optuna(self, trial: SearchTrial) -> optuna.trial.FrozenTrial:
        for dimension in self.stage.dimensions:
            dimension.check(trial.values.get(dimension.name))
        if set(trial.values) != set(self._distributions):
            raise RefusedValues(f"trial {trial.pk} names other hyper-parameters")
        return optuna.trial.create_trial(
            state=_STATES[State(trial.state)],
            value=trial.score if trial.state == State.COMPLETE else None,
            params=trial.values,
            distributions=self._distributions,
            intermediate_values={int(k): v for k, v in trial.quarters.items()},
        )


def complete(search: HyperparameterSearch, stage: Stage) -> list[SearchTrial]:
    """The stage's finished trials, best first."""
    order = "score" if stage.lower_is_better else "-score"
    return list(search.trials.filter(stage=stage.name, state=State.COMPLETE).order_by(order, "pk"))


def _distribution(dimension: Dimension) -> BaseDistribution:
    low, high = dimension.bounds
    if dimension.is_whole:
        return IntDistribution(int(low), int(high), log=dimension.is_ratio)
    return FloatDistribution(low, high, log=dimension.is_ratio)
