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
from typing import Any

import numpy as np

from recommender import store
from recommender.core import (
    Epoch,
    Hyperparameters,
    IntervalWeights,
    ItemFactors,
    Ratings,
    calibrate,
    fit,
)
from recommender.core.gate.earlier_fit import predict_unseen
from recommender.core.gate.measure import (
    HELD_OUT_SHARE,
    Trial,
    compare_with_earlier,
    measure_lists,
    measure_stars,
    split,
)
from recommender.load_items import RunIncomplete
from recommender.models import TrainingRun
from recommender.training.snapshot import Snapshot

# Accepted loss of RMSE against the active run.
TOLERANCE = 0.02
# Fewer new ratings say nothing about the active run.
MIN_COMPARED = 100
# Standard errors that a difference must exceed to be more than luck.
SURE = 2.0
# Against averages one is enough: where there is nothing to learn, a fit is far worse than they.
SURE_OF_AVERAGES = 1.0


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
        for train, test in split(ratings, seed):
            known = ratings.take(train)
            factors = fit(
                known, hyperparameters, seed=seed, on_epoch=on_epoch, item_genres=snapshot.genres
            )
            trials.append(Trial(known, ratings.take(test), factors))
        if not trials:
            return cls({"rmse": None, "n_held_out": 0}, hyperparameters)
        metrics = {
            "protocol": _protocol(len(trials)),
            **measure_stars(trials),
            **measure_lists(trials),
            **_against(active, trials, seed),
        }
        if len(trials) > 1:
            return cls(metrics, hyperparameters)
        factors, held_out = trials[0].factors, trials[0].held_out
        lengths = {name: factors.metrics[name] for name in ("n_epochs", "n_sweeps")}
        final = replace(hyperparameters, **lengths, early_stopping=False)
        return cls({**metrics, **lengths}, final, calibrate(factors, held_out, seed))


def check(holdout: HoldoutFit, *, force: bool = False) -> None:
    """Raise Rejected unless the fit may be activated. `force` accepts any finite fit.

    Raises:
        Rejected: not finite, or worse than averages, popularity or the active run.
    """
    found = holdout.metrics
    if found.get("rmse") is None:
        return
    if not np.isfinite(found["rmse"]):
        raise Rejected("its predictions are not finite")
    if force:
        return
    if "gain" in found and found["gain"] < -SURE_OF_AVERAGES * found["gain_error"]:
        raise Rejected(
            f"RMSE {found['rmse']:.4f} is no better than averages alone "
            f"({found['best_mean']}: {found['best_mean_rmse']:.4f})"
        )
    if "ndcg_gain" in found and found["ndcg_gain"] < -SURE * found["ndcg_gain_error"]:
        raise Rejected(
            f"its lists (NDCG@10 {found['ndcg']:.4f}) are worse than the most rated movies "
            f"({found['popularity_ndcg']:.4f})"
        )
    if found.get("n_compared", 0) < MIN_COMPARED:
        return
    loss = found["compared_rmse"] - found["active_rmse"]
    if loss > TOLERANCE + SURE * found["compared_error"]:
        raise Rejected(
            f"on {found['n_compared']} ratings that are new to both, its RMSE of "
            f"{found['compared_rmse']:.4f} is clearly worse than the live run’s "
            f"{found['active_rmse']:.4f}"
        )


def _protocol(n_trials: int) -> str:
    if n_trials > 1:
        return f"every rating once, by {n_trials} folds"
    return f"last {HELD_OUT_SHARE:.0%} of each person's ratings by time"


def _against(active: TrainingRun | None, trials: list[Trial], seed: int) -> dict[str, Any]:
    """The active run on the same held-out ratings, as far as it has not learned from them.

    A run that learned from somebody who erased their account is no measure: it has to go.
    """
    if active is None or active.n_erased:
        return {}
    try:
        items = store.load_items(active)
    except RunIncomplete:
        return {}
    found = compare_with_earlier(trials, partial(_predict_unseen, active, items, seed))
    if found is None:
        return {"n_compared": 0}
    return {
        "n_compared": found.n,
        "compared_rmse": found.rmse,
        "active_rmse": found.other_rmse,
        "compared_error": found.error,
    }


def _predict_unseen(
    run: TrainingRun, items: ItemFactors, seed: int, train: Ratings, held_out: Ratings
) -> tuple[np.ndarray, np.ndarray]:
    return predict_unseen(items, partial(store.load_users, run.pk), train, held_out, seed)
