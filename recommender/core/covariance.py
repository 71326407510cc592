"""What many narrow rows add up to in double precision, without a wide copy of them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.ratings import Float32, Float64

# Rows turned into double precision at a time: they stay in the processor's cache.
_ROWS_AT_ONCE = 2_048


@dataclass(frozen=True)
class Moments:
    """What rows add up to, in double precision."""

    n: int
    total: Float64  # (k,)
    gram: Float64  # (k, k) rows' rows

    @classmethod
    def of(cls, rows: Float32, chosen: Any = None) -> Moments:
        """Of the rows in the mask `chosen`, or of all; without a wide copy of them."""
        n, total, products = 0, np.zeros(rows.shape[1]), np.zeros((rows.shape[1],) * 2)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            piece = slice(start, start + _ROWS_AT_ONCE)
            wide = rows[piece].astype(np.float64)
            if chosen is not None and not chosen[piece].all():
                wide = wide[chosen[piece]]
            n += len(wide)
            total += wide.sum(axis=0)
            products += wide.T @ wide
        return cls(n, total, products)

    @property
    def covariance(self) -> Float64:
        """(k, k), around the mean."""
        mean = self.total / max(self.n, 1)
        return np.asarray(self.gram / max(self.n, 1) - np.outer(mean, mean))


def gram(rows: Float32) -> Float64:
    """rows' rows in double precision."""
    return Moments.of(rows).gram
