"""The gate: whether a refit is good enough to be activated.

A first fit leaves out each user's newest fifth of ratings (on a small site, each rating once, by
folds) and is measured on them. It must not be worse than averages, nor its lists worse than
popularity, nor may it be clearly worse than the active run, judged on those of the same ratings
that the active run did not learn from. Then all ratings are fitted. The reasoning and the
simulations are in docs/decisions.md, the measuring in recommender/core/gate/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender import store
from recommender.core import (
    Epoch,
    Hyperparameters,
    IntervalWeights,
    Ratings,
    calibrate,
    fit,
)
from recommender.core.fitting.source import RatingSource
from recommender.core.gate.earlier_fit import predict_unseen
from recommender.core.gate.measure import (
    HELD_OUT_SHARE,
    PredictUnseen,
    Trial,
    measure,
    split,
)
from recommender.core.gate.verdict import fault
from recommender.load_items import RunIncomplete
from recommender.models import TrainingRun
from recommender.training.error_by_ratings import errors_by_ratings
from recommender.training.policy import TOLERANCE
from recommender.training.snapshot import Snapshot

if TYPE_CHECKING:
    from recommender.core.fitting.engines import Engine


class Rejected(Exception):
    """The fit is not activated; the message says why."""


@dataclass(frozen=True)
class HoldoutFit:
    """The metrics of a fit without the held-out ratings, and the settings of the final fit."""

    metrics: dict[str, Any]
    # For the fit of all ratings: as many epochs as this one took, without early stopping.
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    # Widths of the prediction intervals, calibrated on the same held-out ratings.
    spread: IntervalWeights = field(default_factory=IntervalWeights)

    @classmethod
    def run(
        cls,
        snapshot: Snapshot,
        hyperparameters: Hyperparameters,
        seed: int,
        on_epoch: Callable[[Epoch], None],
        active: TrainingRun | None = None,
        engine: Engine | None = None,
    ) -> HoldoutFit:
        """Fit without the held-out ratings and measure on them, the active run too.

        Raises:
            Rejected: there are no ratings.
            FitDiverged
        """
        ratings = snapshot.ratings
        if not len(ratings):
            raise Rejected("there are no ratings to learn from yet")
        trials = []
        splits = split(ratings, seed)
        for train, test in splits:
            known = ratings.take(train)
            source: Ratings | RatingSource = known
            if snapshot.source and len(splits) == 1:
                source = snapshot.source.without_newest(HELD_OUT_SHARE, known)
            factors = fit(
                source,
                hyperparameters,
                seed=seed,
                on_epoch=on_epoch,
                item_genres=snapshot.genres,
                engine=engine,
            )
            trials.append(Trial(known, ratings.take(test), factors))
        if not trials:
            return cls({"rmse": None, "n_held_out": 0}, hyperparameters)
        metrics = {
            "protocol": _protocol(len(trials)),
            **measure(trials, _predictions_of(active, seed)),
        }
        if len(trials) > 1:
            return cls(metrics, hyperparameters)
        factors, held_out = trials[0].factors, trials[0].held_out
        lengths = {name: factors.metrics[name] for name in ("n_epochs", "n_sweeps")}
        predicted = np.clip(trials[0].predicted, 0.5, 5.0)
        metrics |= {**lengths, **errors_by_ratings(predicted, trials[0].train, held_out)}
        final = replace(hyperparameters, **lengths, early_stopping=False)
        return cls(metrics, final, calibrate(factors, held_out, seed))


def check(holdout: HoldoutFit, *, force: bool = False, tolerance: float = TOLERANCE) -> None:
    """Raise Rejected unless the fit may be activated. `force` accepts any finite fit.

    Raises:
        Rejected: not finite, or worse than averages, popularity or the active run.
    """
    reason = fault(holdout.metrics, tolerance)
    error = holdout.metrics.get("rmse")
    if reason and not (force and np.isfinite(error)):
        raise Rejected(reason)


def _protocol(n_trials: int) -> str:
    if n_trials > 1:
        return f"every rating once, by {n_trials} folds"
    return f"last {HELD_OUT_SHARE:.0%} of each person's ratings by time"


def _predictions_of(active: TrainingRun | None, seed: int) -> PredictUnseen | None:
    """How the active run predicts what it has not learned from; None if it is no measure.

    One that learned from somebody who erased their account is none: it has to go.
    """
    if active is None or active.n_erased:
        return None
    try:
        items = store.load_items(active)
    except RunIncomplete:
        return None
    return partial(predict_unseen, items, partial(store.load_users, active.pk), seed)
