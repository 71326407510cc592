"""The Optuna study of one search stage, rebuilt from the trials in the database.

Optuna's own storage would be tables outside Django's migrations, or a file that other workers and
the database backup do not have; a few hundred rows of ours are read in milliseconds.

Optuna is an optional requirement: import this module only where a search runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import optuna
from django.db import transaction
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from recommender.core import Epoch, FitDiverged
from recommender.models import HyperparameterSearch, SearchTrial
from recommender.training.hyperparameter_space import Dimension, RefusedValues, Stage, Values
from recommender.tuning.objective import OnEpoch

State = SearchTrial.State
_STATES = {
    State.COMPLETE: TrialState.COMPLETE,
    State.PRUNED: TrialState.PRUNED,
    State.FAILED: TrialState.FAIL,
}
N_RANDOM = 10  # trials drawn at random before the sampler has something to go by
QUARTERS = 4
KEPT_PERCENT = 60.0  # of the trials continue after three quarters of their epochs


class Study:
    """Asks Optuna for values to try, measures them, and stores what they scored."""

    def __init__(self, search: HyperparameterSearch, stage: Stage, initial: list[Values]) -> None:
        self.search, self.stage = search, stage
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        past = list(search.trials.filter(stage=stage.name))
        # A new seed after every pause: the same one would draw the same values again.
        sampler = optuna.samplers.TPESampler(
            seed=search.seed + len(past), n_startup_trials=N_RANDOM
        )
        self._study = optuna.create_study(
            direction="minimize" if stage.lower_is_better else "maximize",
            sampler=sampler,
            # Late and lenient: the closed-form last pass, half of the work, levels curves out.
            pruner=optuna.pruners.PercentilePruner(
                KEPT_PERCENT, n_startup_trials=N_RANDOM // 2, n_warmup_steps=QUARTERS - 1
            ),
        )
        self._distributions = {d.name: _distribution(d) for d in stage.dimensions}
        for trial in past:
            self._study.add_trial(self._as_optuna(trial))
        for values in initial[len(past) :]:
            self._study.enqueue_trial(values)

    def run_trial(self, measure: Callable[[Values, OnEpoch], float]) -> SearchTrial:
        """Run and store one trial. Exceptions of `measure` other than divergence propagate."""
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
        self._store(asked, trial)
        return trial

    def _report(self, asked: optuna.Trial, trial: SearchTrial, epoch: Epoch) -> None:
        """Report quarters of the way, since fits differ in their numbers of epochs."""
        if epoch.block != "rating" or epoch.validation_rmse is None:
            return
        quarter = QUARTERS * epoch.epoch // epoch.n_epochs
        if not quarter or str(quarter) in trial.quarters:
            return
        trial.quarters[str(quarter)] = epoch.validation_rmse
        asked.report(epoch.validation_rmse, quarter)
        # After the last quarter there is nothing left to prune.
        if quarter < QUARTERS and asked.should_prune():
            raise optuna.TrialPruned

    def _store(self, asked: optuna.Trial, trial: SearchTrial) -> None:
        with transaction.atomic():
            trial.save()
        value = trial.score if trial.state == State.COMPLETE else None
        self._study.tell(asked, value, state=_STATES[trial.state])

    def _as_optuna(self, trial: SearchTrial) -> optuna.trial.FrozenTrial:
        for dimension in self.stage.dimensions:
            dimension.check(trial.values.get(dimension.name))
        if set(trial.values) != set(self._distributions):
            raise RefusedValues(f"trial {trial.pk} names other hyperparameters")
        return optuna.trial.create_trial(
            state=_STATES[State(trial.state)],
            value=trial.score if trial.state == State.COMPLETE else None,
            params=trial.values,
            distributions=self._distributions,
            intermediate_values={int(k): v for k, v in trial.quarters.items()},
        )


def _distribution(dimension: Dimension) -> BaseDistribution:
    low, high = dimension.bounds
    if dimension.is_whole:
        return IntDistribution(int(low), int(high), log=dimension.is_ratio)
    return FloatDistribution(low, high, log=dimension.is_ratio)
