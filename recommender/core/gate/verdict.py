"""Whether the figures of `measure` are good enough, and what speaks against them if not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

# Accepted loss of RMSE against the active run.
TOLERANCE = 0.02
# Fewer new ratings say nothing about the active run.
MIN_COMPARED = 100
# Standard errors that a difference must exceed to be more than luck.
SURE = 2.0
# Against averages one is enough: where there is nothing to learn, a fit is far worse than they.
SURE_OF_AVERAGES = 1.0

# With few ratings a person, good lists are no better than the most rated movies, and folds share
# their people, which makes the standard error too small.
SURE_OF_LISTS = 3.0


def fault(found: Mapping[str, Any], tolerance: float = TOLERANCE) -> str:
    """Why a fit with these figures must not be activated; "" where nothing speaks against it.

    >>> fault({"rmse": 0.95, "gain": -0.01, "gain_error": 0.004,
    ...        "best_mean": "biases only", "best_mean_rmse": 0.94})
    'RMSE 0.9500 is no better than averages alone (biases only: 0.9400)'
    """
    if found.get("rmse") is None:
        return ""
    if not np.isfinite(found["rmse"]):
        return "its predictions are not finite"
    if "gain" in found and found["gain"] < -SURE_OF_AVERAGES * found["gain_error"]:
        return (
            f"RMSE {found['rmse']:.4f} is no better than averages alone "
            f"({found['best_mean']}: {found['best_mean_rmse']:.4f})"
        )
    if "ndcg_gain" in found and found["ndcg_gain"] < -SURE_OF_LISTS * found["ndcg_gain_error"]:
        return (
            f"its lists (NDCG@10 {found['ndcg']:.4f}) are worse than the most rated movies "
            f"({found['popularity_ndcg']:.4f})"
        )
    if found.get("n_compared", 0) < MIN_COMPARED:
        return ""
    loss = found["compared_rmse"] - found["active_rmse"]
    if loss > tolerance + SURE * found["compared_error"]:
        return (
            f"on {found['n_compared']} ratings that are new to both, its RMSE of "
            f"{found['compared_rmse']:.4f} is clearly worse than the live run’s "
            f"{found['active_rmse']:.4f}"
        )
    return ""
