"""Is a fit good enough to be served?

A first fit leaves out the newest fifth of everyone's ratings and is measured on them: the future is
what a recommender is asked about, and random hold-outs flatter. Then everything is learned.
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
from recommender.training.snapshot import Snapshot

HELD_OUT_SHARE = 0.2
# Fewer say nothing either way: the standard error of an RMSE of 0.9 is then 0.03.
MIN_HELD_OUT = 500
# How much worse than the run before, against the same yardstick of biases alone.
TOLERANCE = 0.02
PEOPLE_ASKED = 1000


class Rejected(Exception):
    """The fit is not served, and why."""


@dataclass(frozen=True)
class Trial:
    """A fit without the held-out ratings, and how it did on them."""

    metrics: dict[str, Any]
    # For the fit on everything: as far as this one went, without trying it again.
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    # How sure the predictions are, learned from the same held-out ratings.
    spread: IntervalWeights = field(default_factory=IntervalWeights)

    @classmethod
    def run(
        cls,
        snapshot: Snapshot,
        hyperparameters: Hyperparameters,
        seed: int,
        on_epoch: Callable[[Epoch], None],
    ) -> Trial:
        """Fit on the older ratings, measure on the newer ones.

        Raises:
            Rejected: there are no ratings at all.
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
            **_stars(factors, train, held_out),
            **_lists(factors, train, held_out),
            **lengths,
        }
        settled = replace(hyperparameters, **lengths, early_stopping=False)
        return cls(metrics, settled, calibrate(factors, held_out, seed))


def check(trial: Trial, active: TrainingRun | None, *, force: bool = False) -> None:
    """Let the fit pass, or say why not.

    Raises:
        Rejected: not finite, no better than biases alone, or clearly worse than what serves now.
    """
    error, bias_error = trial.metrics.get("rmse"), trial.metrics.get("bias_rmse")
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
    lost = (error - bias_error) - (before["rmse"] - before["bias_rmse"])
    if lost > TOLERANCE:
        raise Rejected(
            f"it gains {bias_error - error:.4f} on biases alone, {lost:.4f} less than the run "
            "that serves now"
        )


def _stars(factors: Factors, train: Ratings, held_out: Ratings) -> dict[str, Any]:
    users, items = held_out.user_index, held_out.item_index
    predicted = factors.predict(train.user_ids[users], train.item_ids[items])
    biases = BiasOnly(train).predict(users, items)
    return {
        "protocol": f"last {HELD_OUT_SHARE:.0%} of each person's ratings by time",
        "n_held_out": len(held_out),
        "rmse": rmse(np.clip(predicted, 0.5, 5.0), held_out.stars),
        "mae": mae(np.clip(predicted, 0.5, 5.0), held_out.stars),
        "bias_rmse": rmse(np.clip(biases, 0.5, 5.0), held_out.stars),
    }


def _lists(factors: Factors, train: Ratings, held_out: Ratings) -> dict[str, Any]:
    """NDCG@10 beside plain popularity's, over some people: a list ranks the whole catalogue."""
    people = np.random.default_rng(factors.seed).permutation(train.n_users)[:PEOPLE_ASKED]
    some = held_out.take(np.isin(held_out.user_index, people))
    if not len(some):
        return {}
    users, items = factors.user_ids, factors.items

    def scores(rows: np.ndarray) -> np.ndarray:
        found = np.searchsorted(users, train.user_ids[rows])
        return np.stack([score_items(items, factors.user_vector(row)) for row in found])

    ours, popular = (
        list_report(train, some, scorer) for scorer in (scores, Popularity(train).score)
    )
    return {
        "ndcg": ours.ndcg,
        "popularity_ndcg": popular.ndcg,
        "coverage": ours.coverage,
        "median_popularity": ours.median_popularity,
        "n_people": ours.n_people,
    }
