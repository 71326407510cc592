"""Rows of an earlier fit, in place of random ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.core.fitting.kernels import simd
from recommender.core.fitting.threads import Workers
from recommender.core.ratings import Float32, Int64


@dataclass(frozen=True)
class KnownRows:
    """Vectors, with biases or without, of rows that an earlier fit knows."""

    rows: Int64  # (m,) where they belong
    vectors: Float32  # (m, k)
    bias: Float32 | None = None  # (m,)

    @classmethod
    def of(cls, found: Int64, vectors: Float32, bias: Float32 | None = None) -> KnownRows:
        """found: (n,) row in the earlier fit, -1 for none; vectors, bias: all of that fit."""
        source = found[found >= 0]
        own = None if bias is None else bias[source]
        return cls(np.flatnonzero(found >= 0), vectors[source], own)


def with_known(
    workers: Workers, rows: Float32, known: KnownRows, first: int, bias_column: int
) -> Float32:
    """A task: the rows with the known ones in their place; vectors from column `first` on."""
    out = simd.copied(rows)
    out[known.rows, first : first + known.vectors.shape[1]] = known.vectors
    if known.bias is not None:
        out[known.rows, bias_column] = known.bias
    return out
