"""What each own rating adds to several predictions at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from .factors import ItemFactors
from .folding import solve_stars
from .ratings import Float64


def contributions(
    items: ItemFactors,
    item_index: Any,
    stars: Any,
    targets: Any,
    *,
    in_fit: Any = None,
    user_implicit: Any = None,
) -> Float64:
    """(n, n_targets) share of each own rating in the predicted stars of each target.

    Arguments as for `fold_in`; a column is `explain(...).contributions` of that target. One
    solve serves all targets.
    """
    index = np.asarray(item_index, np.int64)
    factors = items.vectors[np.asarray(targets, np.int64)].astype(np.float64)
    if not index.size:
        return np.empty((0, len(factors)))
    solution = solve_stars(items, index, stars, in_fit, user_implicit)
    parts = (solution.right @ solution.covariance)[:, 1:]
    parts += solution.share * items.implicit[index].astype(np.float64)
    return np.asarray(parts @ factors.T)
