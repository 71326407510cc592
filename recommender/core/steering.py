"""Reorder a list towards a wish: older, better known, more of a genre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from recommender.core.ratings import Float64, Int64

# One standard deviation of a wish weighs as much as this many of similarity.
STRENGTH = 1.0


def steer(similarity: Any, wishes: Sequence[Any], strength: float = STRENGTH) -> Int64:
    """The places of (n,) candidates in order, best first: similar ones that answer the wishes.

    Each wish is (n,), higher is better, NaN where nothing is known. Everything is measured in
    standard deviations among the candidates, so a wish about years weighs as much as one about
    counts. Whatever n is cut off, the mean of a single wish over what is left in front is never
    lower than without steering.

    >>> steer([0.9, 0.8, 0.1], wishes=[])
    array([0, 1, 2])
    >>> steer([0.9, 0.8, 0.1], wishes=[[1950, 1990, 1990]])
    array([1, 0, 2])
    """
    score = _standardised(similarity)
    for wish in wishes:
        score = score + strength * _standardised(wish)
    return np.asarray(np.argsort(-score, kind="stable"), np.int64)


def _standardised(values: Any) -> Float64:
    """Mean 0 and deviation 1 among what is known; 0 for the rest, and when all are alike."""
    wide = np.asarray(values, np.float64)
    known = np.isfinite(wide)
    if not known.any():
        return np.zeros(wide.shape)
    centred = np.where(known, wide - wide[known].mean(), 0.0)
    spread = float(centred[known].std())
    return centred / spread if spread > 1e-12 else np.zeros(wide.shape)
