"""Gram matrix and covariance of float32 rows, summed in double precision."""

from __future__ import annotations

import numpy as np

from recommender.core.ratings import Bool, Float32, Float64

# Rows turned into double precision at a time, so that they stay in the processor's cache.
_ROWS_AT_ONCE = 2_048


def gram_and_covariance(rows: Float32, chosen: Bool | None = None) -> tuple[Float64, Float64]:
    """X'X and the covariance around the mean, both (k, k), of the rows X (n, k).

    chosen: (n,) mask of the rows that count; all when None. No wide copy of the rows is made.
    """
    n, k = 0, rows.shape[1]
    total, gram = np.zeros(k), np.zeros((k, k))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        piece = slice(start, start + _ROWS_AT_ONCE)
        wide = rows[piece].astype(np.float64)
        if chosen is not None and not chosen[piece].all():
            wide = wide[chosen[piece]]
        n += len(wide)
        total += wide.sum(axis=0)
        gram += wide.T @ wide
    mean = total / max(n, 1)
    return gram, gram / max(n, 1) - np.outer(mean, mean)
