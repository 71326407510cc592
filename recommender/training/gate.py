"""The gate: whether a refit is good enough to be activated.

A first fit leaves out each user's newest fifth of ratings and is measured on them, since a
recommender predicts the future and random hold-outs flatter it. Then all ratings are fitted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from recommender.core import (
    Epoch,
    Factors,
    Hyperparameters,
    IntervalWeights,
    Ratings,
    calibrate,
    fit,
    score_items,
)
from recommender.core.evaluation import splits
from recommender.core.evaluation.baselines import BiasOnly, Popularity
from recommender.core.evaluation.metrics import list_report, mae, rmse
from recommender.models import TrainingRun
from recommender.training.error_by_ratings import errors_by_ratings
from recommender.training.policy import TOLERANCE
from recommender.training.snapshot import Snapshot

HELD_OUT_SHARE = 0.2
# With fewer held-out ratings the standard error of an RMSE of 0.9 exceeds 0.03.
MIN_HELD_OUT = 500
MAX_USERS_RANKED = 1000


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
    ) -> HoldoutFit:
        """Fit the older ratings, measure on the newer ones.

        Raises:
            Rejected: there are no ratings.
        """
        ratings = snapshot.ratings
        if not len(ratings):
            raise Rejected("there are no ratings to learn from yet")
        train, held_out = map(ratings.take, splits.temporal(ratings, HELD_OUT_SHARE))
        if len(held_out) < MIN_HELD_OUT:
            return cls({"rmse": None, "n_held_out": len(held_out)}, hyperparameters)
        factors = fit(
            train, hyperparameters, seed=seed, on_epoch=on_epoch, item_genres=snapshot.genres
        )
        lengths = {name: factors.metrics[name] for name in ("n_epochs", "n_sweeps")}
        metrics = {
            **_stars_metrics(factors, train, held_out),
            **_list_metrics(factors, train, held_out),
            **lengths,
        }
        final = replace(hyperparameters, **lengths, early_stopping=False)
        return cls(metrics, final, calibrate(factors, held_out, seed))


def check(
    holdout: HoldoutFit,
    active: TrainingRun | None,
    *,
    force: bool = False,
    tolerance: float = TOLERANCE,
) -> None:
    """Raise Rejected unless the fit may be activated. `force` accepts any finite fit.

    Raises:
        Rejected: not finite, no better than biases alone, or clearly worse than the active run.
    """
    error, bias_error = holdout.metrics.get("rmse"), holdout.metrics.get("bias_rmse")
    if error is None or bias_error is None:
        return
    if not np.isfinite(error):
        raise Rejected("its predictions are not finite")
    if force:
        return
    if error >= bias_error:
        raise Rejected(f"RMSE {error:.4f} is no better than biases alone ({bias_error:.4f})")
    before = active.metrics if active else {}
    if before.get("rmse") is None:
        return
    loss = (error - bias_error) - (before["rmse"] - before["bias_rmse"])
    if loss > tolerance:
        raise Rejected(
            f"it improves on biases alone by {bias_error - error:.4f}, {loss:.4f} less than the "
            "live run"
        )


def _stars_metrics(factors: Factors, train: Ratings, held_out: Ratings) -> dict[str, Any]:
    users, items = held_out.user_index, held_out.item_index
    predicted = factors.predict(train.user_ids[users], train.item_ids[items])
    biases = BiasOnly(train).predict(users, items)
    return {
        "protocol": f"last {HELD_OUT_SHARE:.0%} of each person's ratings by time",
        "n_held_out": len(held_out),
        "rmse": rmse(np.clip(predicted, 0.5, 5.0), held_out.stars),
        "mae": mae(np.clip(predicted, 0.5, 5.0), held_out.stars),
        "bias_rmse": rmse(np.clip(biases, 0.5, 5.0), held_out.stars),
        **errors_by_ratings(np.clip(predicted, 0.5, 5.0), train, held_out),
    }


def _list_metrics(factors: Factors, train: Ratings, held_out: Ratings) -> dict[str, Any]:
    """NDCG@10 of the model and of popularity, for some users, since ranking is expensive."""
    sampled = np.random.default_rng(factors.seed).permutation(train.n_users)[:MAX_USERS_RANKED]
    subset = held_out.take(np.isin(held_out.user_index, sampled))
    if not len(subset):
        return {}
    users, items = factors.user_ids, factors.items

    def scores(rows: np.ndarray) -> np.ndarray:
        fitted_rows = np.searchsorted(users, train.user_ids[rows])
        return np.stack([score_items(items, factors.user_vector(row)) for row in fitted_rows])

    model, popular = (
        list_report(train, subset, scorer) for scorer in (scores, Popularity(train).score)
    )
    return {
        "ndcg": model.ndcg,
        "popularity_ndcg": popular.ndcg,
        "coverage": model.coverage,
        "median_popularity": model.median_popularity,
        "n_people": model.n_people,
    }
