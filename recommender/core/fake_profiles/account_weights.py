"""How little a new account's ratings count for the movies.

    w = 0.1 + 0.9 min(1, days / 14) min(1, n / 20)

of an account that is `days` old and has n ratings; 1 for raters of data sets. A flood of made-up
profiles then has a fortnight in which it moves a rarely rated movie by .2 stars instead of .9
(nine profiles on ml-100k, `benchmarks/fakes.py`), and for that long somebody can notice it. The
person's own vectors are fitted with full weight: new members get the lists they earn.

Where most ratings are by new accounts, there is nobody to protect from them. All weights are
lifted then, until they are 1/2 on average, and divided by the largest: on a site that opened today
everybody counts for 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.core.ratings import Float32, Float64

LEAST = 0.1
DAYS = 14.0
RATINGS = 20.0
LEAST_MEAN = 0.5


def account_weights(days: Any, n_ratings: Any) -> Float64:
    """(n_users,) w; days: age of each account, infinity for raters of data sets.

    >>> account_weights([0, 7, 14, np.inf], [50, 50, 10, 1])
    array([0.1 , 0.55, 0.55, 1.  ])
    """
    age = np.asarray(days, np.float64)
    grown = np.clip(age / DAYS, 0.0, 1.0) * np.minimum(np.asarray(n_ratings) / RATINGS, 1.0)
    return np.where(np.isinf(age), 1.0, LEAST + (1.0 - LEAST) * grown)


def lifted(weights: Float64, n_ratings: Any) -> Float32:
    """(n_users,) weights of ratings, over 0 .. 1, as they are or lifted; see above.

    n_ratings: (n_users,), over 0.

    >>> lifted(np.array([0.1]), [2]), lifted(np.array([1.0, 0.1]), [1, 3])
    (array([1.], dtype=float32), array([1.        , 0.15384616], dtype=float32))
    """
    mean = float(np.average(weights, weights=n_ratings)) if weights.size else 1.0
    raised = np.minimum(weights * max(1.0, LEAST_MEAN / mean), 1.0)
    return np.asarray(raised / raised.max(initial=1e-12), np.float32)
