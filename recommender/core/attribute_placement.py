"""Factors for items that came after the fit, from items that are like them.

    row = sum_i s_i c_i row_i / sum_i s_i c_i,   c_i = n_i / (n_i + 5)

over the `NEIGHBOURS` rated items most like the new one (s_i: how much alike, c_i: how well known)
and a share `PRIOR` of the mean item, so that one look-alike does not decide. The variance is that
of the neighbours plus how far they lie apart: little is known, and intervals say so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float64

NEIGHBOURS = 30
PRIOR = 1.0
_RATINGS_FOR_HALF = 5.0


def place_items(items: ItemFactors, item_ids: Any, likeness: Any) -> ItemFactors:
    """The new items alone, without ratings.

    item_ids: (m,) their ids; likeness: (m, n_items), 0 for items that share nothing.
    """
    known = np.flatnonzero(items.is_rated)
    ranking = items.ranking[known].astype(np.float64)
    columns = [ranking, items.implicit[known], items.variance[known]]
    trust = items.n_ratings[known] / (items.n_ratings[known] + _RATINGS_FOR_HALF)
    rows: list[tuple[Float64, ...]] = []
    for alike in np.asarray(likeness, np.float64).reshape(-1, items.n_items):
        weights = alike[known] * trust
        if weights.size > NEIGHBOURS:
            weights[weights < np.partition(weights, -NEIGHBOURS)[-NEIGHBOURS]] = 0.0
        weights = weights + PRIOR * trust / max(trust.sum(), 1e-12)
        weights /= max(weights.sum(), 1e-12)
        mean, mean_implicit, mean_variance = (weights @ column for column in columns)
        first = items.interest.shape[1]
        apart = weights @ (ranking[:, first:-1] - mean[first:-1]) ** 2
        rows.append((mean, mean_implicit, mean_variance + apart))
    ranked, implicit, variance = (
        np.array([row[place] for row in rows], np.float32) for place in range(3)
    )
    ids = np.asarray(item_ids, np.int64)
    no_ratings = np.zeros(ids.size, np.int32)
    return ItemFactors.from_ranking(ids, no_ratings, ranked, implicit, variance, items.summary())


def with_placed(items: ItemFactors, placed: ItemFactors) -> ItemFactors:
    """Both, the placed ones last: rows of `items` stay, but ids are not sorted any more."""

    def joined(name: str) -> Any:
        return np.concatenate([getattr(items, name), getattr(placed, name)])

    names = ("item_ids", "n_ratings", "bias", "vectors", "implicit", "interest", "variance")
    return replace(items, **{name: joined(name) for name in names})
