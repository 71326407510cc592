"""The hyperparameter search: run trials, confirm the best one, let the next refits use it.

There are two stages: stars, judged by the RMSE of predicted ratings; then lists, judged by NDCG@10
with the stars settings of the first stage. The best trial of a stage is fitted again beside the
defaults from several random starts, on users who judged no trial (objective.py), and kept only if
the 95 % interval of its gain excludes zero. All state is in the database: stopped at any point, the
next call resumes after the last finished trial. What refits use changes once, at the end.
"""

from __future__ import annotations

import logging
import secrets
import statistics
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfsite.lib.queue.heartbeat import beating
from recommender.core import Epoch, Factors, FitDiverged, Hyperparameters
from recommender.models import HyperparameterSearch, SearchTrial
from recommender.training.hyperparameter_space import STAGES, Stage, Values, hyperparameters_of
from recommender.training.progress import Show
from recommender.training.snapshot import read_snapshot
from recommender.tuning import lifecycle
from recommender.tuning.limits import OutOfTime, Paused, SearchMonitor
from recommender.tuning.objective import (
    Gain,
    OnEpoch,
    TooFewRatings,
    TuningSplit,
    lists_gain,
    stars_gain,
)

if TYPE_CHECKING:
    from recommender.tuning.study import Study

logger = logging.getLogger(__name__)

# Share of the budget after which each stage has to be done.
STAGE_ENDS = {"stars": 0.6, "lists": 1.0}
N_STARTS = 3  # random starts over which a gain is averaged
MAX_TRIALS = 100  # per stage; more would only overfit the users who judge


class OptunaMissing(Exception):
    """Optuna is not installed; it comes with an optional requirements file."""


def load_study_class() -> type[Study]:
    """Import the one module that needs Optuna, only when a search runs.

    Raises:
        OptunaMissing
    """
    try:
        from recommender.tuning.study import Study
    except ModuleNotFoundError as error:
        if error.name != "optuna":
            raise
        raise OptunaMissing(
            "searching needs Optuna, which is not installed: pip install -r requirements-tuning.txt"
        ) from error
    return Study


def run_search(
    *,
    seconds: float | None = None,
    new: bool = False,
    apply: bool = True,
    max_trials: int = MAX_TRIALS,
    seed: int | None = None,
    show: Show = "none",
    slice_seconds: float | None = None,
    must_pause: Callable[[], str] | None = None,
) -> HyperparameterSearch:
    """Resume a paused search, or start one.

    Args:
        seconds: time it may take from now on. Default: what a paused search has left, or
            CFSITE_TUNE_MINUTES for a new one.
        new: start a new search even if one is paused.
        apply: let the next refits use what is found.
        max_trials: per stage.
        seed: of a new search; drawn when not given, and stored on it.
        slice_seconds, must_pause: when to pause (see limits.SearchMonitor).

    Returns the search: finished, paused or failed, with the reason.

    Raises:
        lifecycle.AlreadySearching: another process is running a search.
        OptunaMissing
    """
    study_class = load_study_class()
    search = lifecycle.claim(seconds, new=new, seed=secrets.randbits(31) if seed is None else seed)
    monitor = SearchMonitor(search, show=show, slice_seconds=slice_seconds, must_pause=must_pause)
    try:
        with beating(search):
            _Search(search, monitor, max_trials, study_class).run()
        lifecycle.finish(search, monitor.seconds_spent, apply=apply)
    except Paused as reason:
        lifecycle.pause(search, monitor.seconds_spent, str(reason))
    except TooFewRatings as error:
        lifecycle.fail(search, monitor.seconds_spent, str(error))
    except Exception as error:
        logger.exception("Hyperparameter search %s failed", search.pk)
        lifecycle.fail(search, monitor.seconds_spent, f"{type(error).__name__}: {error}")
    except BaseException:
        lifecycle.pause(search, monitor.seconds_spent, "interrupted")
        raise
    finally:
        monitor.close()
    return search


class _Search:
    """The work of one call of `run_search`."""

    def __init__(
        self,
        search: HyperparameterSearch,
        monitor: SearchMonitor,
        max_trials: int,
        study_class: type[Study],
    ) -> None:
        self.search, self.monitor = search, monitor
        self.max_trials, self.study_class = max_trials, study_class

    def run(self) -> None:
        self.monitor.start_phase("reading ratings")
        snapshot = read_snapshot()
        self.split = TuningSplit.of(snapshot, self.search.seed)
        lifecycle.record_data(self.search, snapshot, self.split)
        for stage in STAGES:
            if stage.name not in self.search.scores:
                self._run_stage(stage)

    def _run_stage(self, stage: Stage) -> None:
        self.monitor.start_phase(stage.name)
        end = STAGE_ENDS[stage.name] * self.search.budget_seconds
        try:
            self._run_trials(stage, end)
            result = self._confirm(stage)
        except OutOfTime:
            result = {"accepted": False, "reason": lifecycle.OUT_OF_TIME}
        except FitDiverged as error:
            result = {"accepted": False, "reason": f"the best trial did not hold: {error}"}
        lifecycle.save_stage_result(self.search, stage.name, result, self._best_values(stage))
        self.monitor.print(f"{stage.name}: {outcome_sentence(result)}")

    # Trials

    def _run_trials(self, stage: Stage, end: float) -> None:
        study = self.study_class(self.search, stage, self._initial_values(stage))
        n_done = self.search.trials.filter(stage=stage.name).count()
        while n_done < self.max_trials and self._has_time_for_trial(stage, end):
            self.monitor.deadline = min(end, self.search.budget_seconds)
            try:
                trial = study.run_trial(lambda values, report: self._score(stage, values, report))
            except OutOfTime:
                break
            n_done += 1
            self._print_trial(stage, trial, n_done)
            self.monitor.save_progress()
        self.monitor.deadline = self.search.budget_seconds

    def _initial_values(self, stage: Stage) -> list[Values]:
        """The defaults, and what refits use now: tried before the sampler draws anything."""
        in_use = HyperparameterSearch.objects.in_use()
        initial = [stage.default_values()]
        if in_use and lifecycle.is_usable(in_use):
            used = {d.name: in_use.values.get(d.name, d.default) for d in stage.dimensions}
            initial += [used] if used != initial[0] else []
        return initial

    def _has_time_for_trial(self, stage: Stage, end: float) -> bool:
        """Whether another trial leaves enough time for the confirming fits."""
        seconds = [trial.seconds for trial in self._ranked_trials(stage)]
        if not seconds:
            return self.monitor.seconds_spent < end
        typical = max(statistics.median(seconds), seconds[0])
        return self.monitor.seconds_spent + typical * (1 + 2 * N_STARTS) < end

    def _ranked_trials(self, stage: Stage) -> list[SearchTrial]:
        """The stage's complete trials, best first."""
        complete = self.search.trials.filter(stage=stage.name, state=SearchTrial.State.COMPLETE)
        return list(complete.order_by("score" if stage.lower_is_better else "-score", "pk"))

    def _score(self, stage: Stage, values: Values, report: OnEpoch) -> float:
        def on_epoch(epoch: Epoch) -> None:
            self.monitor.check()
            report(epoch)

        self.monitor.check()
        p = hyperparameters_of({**self.search.values, **values})
        factors = self._fit(stage, p, self.search.seed, on_epoch)
        score = float(self._measure(stage, factors, confirming=False).mean())
        score = float(np.sqrt(score)) if stage.name == "stars" else score
        if not np.isfinite(score):
            raise FitDiverged("not finite")
        return score

    def _fit(self, stage: Stage, p: Hyperparameters, seed: int, on_epoch: OnEpoch) -> Factors:
        if stage.name == "stars":
            # Stars do not depend on the interest block: keep it as small as possible.
            p = replace(p, interest_factors=1, interest_epochs=1, interest_negatives=1)
        return self.split.fit(p, seed, on_epoch)

    def _measure(self, stage: Stage, factors: Factors, *, confirming: bool) -> np.ndarray:
        held_out = self.split.confirm if confirming else self.split.search
        if stage.name == "stars":
            return self.split.squared_errors(factors, held_out)
        return self.split.ndcg_per_user(factors, held_out)

    def _print_trial(self, stage: Stage, trial: SearchTrial, n_done: int) -> None:
        ranked = self._ranked_trials(stage)
        score = trial.get_state_display() if trial.score is None else f"{trial.score:.4f}"
        best = f", best {ranked[0].score:.4f}" if ranked else ""
        cut = " (cut short)" if trial.state == SearchTrial.State.PRUNED else ""
        self.monitor.print(f"{stage.name}, trial {n_done}: {stage.score_name} {score}{cut}{best}")

    # Confirmation

    def _best_values(self, stage: Stage) -> Values:
        """Those values of the best trial that differ from the defaults."""
        ranked = self._ranked_trials(stage)
        defaults = stage.default_values()
        best = ranked[0].values if ranked else {}
        return {name: value for name, value in best.items() if value != defaults[name]}

    def _confirm(self, stage: Stage) -> dict[str, Any]:
        best = self._best_values(stage)
        if self.search.trials.filter(stage=stage.name).count() < 2:
            raise OutOfTime
        if not best:
            return {"accepted": False, "reason": "no trial beat the defaults"}
        self.monitor.start_phase(f"{stage.name}: confirming")
        self.monitor.deadline = self.search.budget_seconds
        before = self._measure_over_starts(stage, Hyperparameters())
        after = self._measure_over_starts(stage, hyperparameters_of({**self.search.values, **best}))
        gain = self._gain(stage, before, after)
        return {**asdict(gain), "accepted": gain.is_significant}

    def _measure_over_starts(self, stage: Stage, p: Hyperparameters) -> np.ndarray:
        measured = []
        for start in range(1, N_STARTS + 1):
            self.monitor.check()
            factors = self._fit(stage, p, self.search.seed + start, self.monitor.on_epoch)
            measured.append(self._measure(stage, factors, confirming=True))
        return np.mean(measured, axis=0)

    def _gain(self, stage: Stage, before: np.ndarray, after: np.ndarray) -> Gain:
        if stage.name == "stars":
            return stars_gain(before, after, self.split.confirm.user_index)
        return lists_gain(before, after)


def outcome_sentence(result: dict[str, Any]) -> str:
    """The outcome of one stage as a sentence."""
    if "gain" not in result:
        return result["reason"]
    scores = f"{result['before']:.4f} with the defaults, {result['after']:.4f} with the best"
    verdict = "kept" if result["accepted"] else "not more than chance, so the defaults stay"
    return f"{scores}: {verdict}"
