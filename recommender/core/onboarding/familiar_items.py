"""Well-known items that differ from each other, to ask new users about."""

from __future__ import annotations

import numpy as np

from recommender.core.factors import ItemFactors
from recommender.core.ratings import Int64


def familiar_items(items: ItemFactors, n: int, candidates: int = 200) -> Int64:
    """Rows of n well-known items that differ, the most telling first.

    Of the `candidates` with the most ratings, greedily the one with the highest

        sqrt(n_i / n_max) (1 - max(0, cosine to the nearest one taken))

    by interest vectors: likely to have been seen, and not about what was asked already.
    """
    rows = np.lexsort((np.arange(items.n_items), -items.n_ratings))[:candidates]
    rows = rows[items.n_ratings[rows] > 0]
    if not rows.size:
        return np.empty(0, np.int64)
    vectors = items.interest[rows].astype(np.float64)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    known = np.sqrt(items.n_ratings[rows] / items.n_ratings[rows].max())
    nearest = np.zeros(rows.size)
    taken: list[int] = []
    for _ in range(min(n, rows.size)):
        gain = known * (1.0 - nearest)
        gain[taken] = -1.0
        taken.append(int(gain.argmax()))
        nearest = np.maximum(nearest, vectors @ vectors[taken[-1]])
    return rows[taken].astype(np.int64)
