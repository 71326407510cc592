"""Is a fit good enough to be served?

A first fit leaves out the newest fifth of everyone's ratings and is measured on them: the future is
what a recommender is asked about, and random hold-outs flatter. Then everything is learned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core import Epoch, Factors, Hyperparameters, Ratings, fit
from recommender.models import TrainingRun
from recommender.reading import Snapshot

HELD_OUT_SHARE = 0.2
# Fewer say nothing either way: the standard error of an RMSE of 0.9 is then 0.03.
MIN_HELD_OUT = 500
# How much worse than the run before, against the same yardstick of biases alone.
TOLERANCE = 0.02


class Rejected(Exception):
    """The fit is not served, and why."""


@dataclass(frozen=True)
class Trial:
    """A fit without the held-out ratings, and how it did on them."""

    metrics: dict[str, Any]

    @classmethod
    def run(cls, snapshot: Snapshot, seed: int, on_epoch: Callable[[Epoch], None]) -> Trial:
        """Fit on the older ratings, measure on the newer ones.

        Raises:
            Rejected: there are no ratings at all.
        """
        ratings = snapshot.ratings
        if not len(ratings):
            raise Rejected("there are no ratings to learn from yet")
        train, held_out = split_by_time(ratings, HELD_OUT_SHARE)
        if len(held_out) < MIN_HELD_OUT:
            return cls({"rmse": None, "n_held_out": len(held_out)})
        factors = fit(
            train, Hyperparameters(), seed=seed, on_epoch=on_epoch, item_genres=snapshot.genres
        )
        users = ratings.user_ids[held_out.user_index]
        items = ratings.item_ids[held_out.item_index]
        return cls(_measure(factors, train, users, items, held_out.stars))


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


def _measure(
    factors: Factors, train: Any, users: np.ndarray, items: np.ndarray, stars: np.ndarray
) -> dict[str, Any]:
    predicted = np.clip(factors.predict(users, items), 0.5, 5.0)
    biases = np.clip(_bias_only(train, users, items), 0.5, 5.0)
    return {
        "protocol": f"last {HELD_OUT_SHARE:.0%} of each person's ratings by time",
        "n_held_out": len(stars),
        "rmse": float(rmse(predicted, stars)),
        "mae": float(mae(predicted, stars)),
        "bias_rmse": float(rmse(biases, stars)),
    }


def rmse(a, b): return np.sqrt(np.mean((a.astype(float)-b)**2))
def mae(a, b): return np.mean(np.abs(a.astype(float)-b))
def split_by_time(ratings: Ratings, share: float):
    times = ratings.times if ratings.times is not None else np.arange(len(ratings))
    order = np.lexsort((times, ratings.user_index))
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    starts = np.concatenate([[0], np.cumsum(counts)])
    place = np.arange(len(ratings)) - starts[ratings.user_index[order]]
    late = place >= np.ceil(counts * (1 - share))[ratings.user_index[order]]
    return ratings.take(order[~late]), ratings.take(order[late])
def _bias_only(train: Ratings, users, items):
    mu = train.stars.mean()
    def damp(idx, n, res, d):
        return np.bincount(idx, res, n) / (np.bincount(idx, minlength=n) + d)
    bi = damp(train.item_index, train.n_items, train.stars - mu, 10)
    bu = damp(train.user_index, train.n_users, train.stars - mu - bi[train.item_index], 5)
    return mu + bu[np.searchsorted(train.user_ids, users)] + bi[np.searchsorted(train.item_ids, items)]
