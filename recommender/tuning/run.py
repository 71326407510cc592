"""The search for hyper-parameters: try, confirm, and let the next refits use what proved better.

Two stages: stars, by the RMSE of predicted ratings, then lists, by NDCG@10 with the stars that
came out of the first. The best trial of a stage is then fitted again beside the defaults, from
several random starts, and judged by people who judged no trial (yardstick.py): only a gain whose
95 % interval leaves zero out is kept. All state is rows: stopped at any point, the next call goes
on after the last finished trial. Refits change at one moment, when the search is finished.
"""

from __future__ import annotations

import logging
import secrets
import statistics
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np

from recommender.core import Epoch, Factors, FitDiverged, Hyperparameters
from recommender.models import HyperparameterSearch, SearchTrial
from recommender.training.progress import Show
from recommender.training.snapshot import read_snapshot
from recommender.tuning import lifecycle
from recommender.tuning.limits import OutOfTime, Paused, Watch
from recommender.tuning.objective import Gain, TooFewRatings, TuningSplit, lists_gain, stars_gain
from recommender.tuning.space import LISTS, STARS, Values, hyperparameters_of
from recommender.tuning.study import OnEpoch, Stage, Study, complete

logger = logging.getLogger(__name__)

STAGES = (
    Stage("stars", STARS, lower_is_better=True),
    Stage("lists", LISTS, lower_is_better=False),
)
# Of the budget, when each stage has to be done.
SHARES = {"stars": 0.6, "lists": 1.0}
N_STARTS = 3  # random starts a gain has to hold over
MOST_TRIALS = 100  # of a stage; more only find what flatters these people


def run_search(
    *,
    seconds: float | None = None,
    new: bool = False,
    apply: bool = True,
    most_trials: int = MOST_TRIALS,
    show: Show = "none",
    slice_seconds: float | None = None,
    must_pause: Callable[[], str] | None = None,
) -> HyperparameterSearch:
    """Go on with a paused search, or begin one.

    Args:
        seconds: how long it may take from now on; a paused one otherwise has what is left of its
            own, a new one CFSITE_TUNE_MINUTES.
        new: begin anew even if one is paused.
        apply: let the next refits use what is found.
        most_trials: of each stage.
        slice_seconds, must_pause: when to pause (search_watch.Watch).

    Returns the search: finished, paused or failed, with the reason.

    Raises:
        searches.AlreadySearching: another process is at it.
    """
    search = lifecycle.claim(seconds, new=new, seed=secrets.randbits(31))
    watch = Watch(search, show=show, slice_seconds=slice_seconds, must_pause=must_pause)
    try:
        _Search(search, watch, most_trials).run()
        lifecycle.finish(search, watch.spent, apply=apply)
    except Paused as reason:
        lifecycle.pause(search, watch.spent, str(reason))
    except TooFewRatings as error:
        lifecycle.fail(search, watch.spent, str(error))
    except Exception as error:
        logger.exception("Hyper-parameter search %s failed", search.pk)
        lifecycle.fail(search, watch.spent, f"{type(error).__name__}: {error}")
    except BaseException:
        lifecycle.pause(search, watch.spent, "interrupted")
        raise
    finally:
        watch.close()
    return search


class _Search:
    """One call's work on a search."""

    def __init__(self, search: HyperparameterSearch, watch: Watch, most_trials: int) -> None:
        self.search, self.watch, self.most_trials = search, watch, most_trials

    def run(self) -> None:
        self.watch.phase("reading ratings")
        snapshot = read_snapshot()
        self.yardstick = TuningSplit.of(snapshot, self.search.seed)
        lifecycle.describe(self.search, snapshot, self.yardstick)
        for stage in STAGES:
            if stage.name not in self.search.scores:
                self._run_stage(stage)

    def _run_stage(self, stage: Stage) -> None:
        self.watch.phase(stage.name)
        end = SHARES[stage.name] * self.search.budget_seconds
        try:
            self._try(stage, end)
            result = self._confirm(stage)
        except OutOfTime:
            result = {"accepted": False, "reason": lifecycle.OUT_OF_TIME}
        except FitDiverged as error:
            result = {"accepted": False, "reason": f"the best trial did not hold: {error}"}
        lifecycle.keep(self.search, stage.name, result, self._best(stage))
        self.watch.say(f"{stage.name}: {sentence(result)}")

    # Trying

    def _try(self, stage: Stage, end: float) -> None:
        study = Study(self.search, stage, self._first(stage))
        n_done = self.search.trials.filter(stage=stage.name).count()
        while n_done < self.most_trials and self._has_time(stage, end):
            self.watch.deadline = min(end, self.search.budget_seconds)
            try:
                trial = study.run_trial(lambda values, report: self._score(stage, values, report))
            except OutOfTime:
                break
            n_done += 1
            self._say(stage, trial, n_done)
            self.watch.note()
        self.watch.deadline = self.search.budget_seconds

    def _first(self, stage: Stage) -> list[Values]:
        """The defaults, and what refits use now: tried before anything is drawn."""
        in_use = HyperparameterSearch.objects.in_use()
        first = [stage.default_values()]
        if in_use and lifecycle.is_usable(in_use):
            known = {d.name: in_use.values.get(d.name, d.default) for d in stage.dimensions}
            first += [known] if known != first[0] else []
        return first

    def _has_time(self, stage: Stage, end: float) -> bool:
        """Whether another trial leaves enough for the confirming fits."""
        took = [trial.seconds for trial in complete(self.search, stage)]
        if not took:
            return self.watch.spent < end
        typical = max(statistics.median(took), took[0])
        return self.watch.spent + typical * (1 + 2 * N_STARTS) < end

    def _score(self, stage: Stage, values: Values, report: OnEpoch) -> float:
        def on_epoch(epoch: Epoch) -> None:
            self.watch.look()
            report(epoch)

        self.watch.look()
        p = hyperparameters_of({**self.search.values, **values})
        factors = self._fit(stage, p, self.search.seed, on_epoch)
        score = float(self._measure(stage, factors, confirming=False).mean())
        score = float(np.sqrt(score)) if stage.name == "stars" else score
        if not np.isfinite(score):
            raise FitDiverged("not finite")
        return score

    def _fit(self, stage: Stage, p: Hyperparameters, seed: int, on_epoch: OnEpoch) -> Factors:
        if stage.name == "stars":
            # Stars do not depend on the interest block: as little of it as there can be.
            p = replace(p, interest_factors=1, interest_epochs=1, interest_negatives=1)
        return self.yardstick.fit(p, seed, on_epoch)

    def _measure(self, stage: Stage, factors: Factors, *, confirming: bool) -> np.ndarray:
        held_out = self.yardstick.confirm if confirming else self.yardstick.search
        if stage.name == "stars":
            return self.yardstick.squared_errors(factors, held_out)
        return self.yardstick.list_qualities(factors, held_out)

    def _say(self, stage: Stage, trial: SearchTrial, n_done: int) -> None:
        ranked = complete(self.search, stage)
        score = trial.get_state_display() if trial.score is None else f"{trial.score:.4f}"
        best = f", best {ranked[0].score:.4f}" if ranked else ""
        cut = " (cut short)" if trial.state == SearchTrial.State.PRUNED else ""
        unit = "RMSE" if stage.lower_is_better else "NDCG@10"
        self.watch.say(f"{stage.name}, trial {n_done}: {unit} {score}{cut}{best}")

    # Confirming

    def _best(self, stage: Stage) -> Values:
        """The best trial's values that are not the defaults."""
        ranked = complete(self.search, stage)
        defaults = stage.default_values()
        best = ranked[0].values if ranked else {}
        return {name: value for name, value in best.items() if value != defaults[name]}

    def _confirm(self, stage: Stage) -> dict:
        best = self._best(stage)
        if self.search.trials.filter(stage=stage.name).count() < 2:
            raise OutOfTime
        if not best:
            return {"accepted": False, "reason": "no trial was better than the defaults"}
        self.watch.phase(f"{stage.name}: confirming")
        self.watch.deadline = self.search.budget_seconds
        before = self._over_starts(stage, Hyperparameters())
        after = self._over_starts(stage, hyperparameters_of({**self.search.values, **best}))
        gain = self._gain(stage, before, after)
        return {**asdict(gain), "accepted": gain.is_real}

    def _over_starts(self, stage: Stage, p: Hyperparameters) -> np.ndarray:
        measured = []
        for start in range(1, N_STARTS + 1):
            self.watch.look()
            factors = self._fit(stage, p, self.search.seed + start, self.watch.epoch)
            measured.append(self._measure(stage, factors, confirming=True))
        return np.mean(measured, axis=0)

    def _gain(self, stage: Stage, before: np.ndarray, after: np.ndarray) -> Gain:
        if stage.name == "stars":
            return stars_gain(before, after, self.yardstick.confirm.user_index)
        return lists_gain(before, after)


def sentence(result: dict) -> str:
    """One stage's outcome in words."""
    if "gain" not in result:
        return result["reason"]
    scores = f"{result['before']:.4f} with the defaults, {result['after']:.4f} with the best"
    verdict = "kept" if result["accepted"] else "not more than chance, the defaults stay"
    return f"{scores}: {verdict}"
