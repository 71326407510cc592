"""Boldness: how well known the items of a list are, by dividing the score by |interest|^v.

The length of an interest vector grows with how many users picked the movie, and is learned with
everything else. Dividing by a power of it moves a list's mean popularity evenly, but not far: past
`_MOST_BY_LENGTH` the score is divided by a power of the number of ratings as well, which leads off
the track at less cost (ml-100k, half of the picks beyond the 500th most rated: NDCG .112 against
.091 by lengths alone). Confidence bounds of the interest block go the wrong way, since there the
well known movies are the uncertain ones.
"""

from __future__ import annotations

import numpy as np

from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float32, Int64

# v at the five stops of a user's control, from the best known to off the beaten track.
BOLDNESS_STOPS = (-1.0, -0.5, 0.0, 0.45, 0.75)

# The power of the length grows no further than this; the rest of v, times so much, is the power of
# the number of ratings.
_MOST_BY_LENGTH = 0.4
_BY_RATINGS = 1.17
# Pretend ratings of every movie, so that two are not twice as much as one.
_RATINGS_PRIOR = 10.0

# A movie needs this many ratings before it may be lifted: the length of an interest vector that
# nobody trained says nothing.
RATINGS_TO_BE_LIFTED = 3

# The best known items, which nobody calls off the beaten track: so many, of a large catalogue.
MOST_RATED = 100
_SHARE_MOST_RATED = 0.1


def most_rated(items: ItemFactors) -> Int64:
    """Rows of the 100 most rated items, or of a tenth of them in a small catalogue."""
    n = min(MOST_RATED, int(_SHARE_MOST_RATED * np.count_nonzero(items.is_rated)))
    return np.argsort(-items.n_ratings, kind="stable")[:n]


def with_boldness(items: ItemFactors, scores: Float32, boldness: float) -> Float32:
    """(n_items,) the scores for boldness v: -1 keeps to the well known, .75 leads off the track.

    Scores below zero are divided by the lift instead, so that a lifted movie never falls.
    """
    if not boldness:
        return scores
    lift = lift_of(items, boldness)
    return np.asarray(np.where(scores >= 0, scores * lift, scores / lift), np.float32)


def lift_of(items: ItemFactors, boldness: float) -> Float32:
    """(n_items,) what scores are multiplied by, worked out once for a model and a stop.

    (|interest| / typical)^-min(v, .4)  ((n + 10) / (mean n + 10))^(-1.17 max(0, v - .4))
    """
    if boldness not in items.lifts:
        items.lifts[boldness] = _lift(items, boldness)
    return items.lifts[boldness]


def _lift(items: ItemFactors, boldness: float) -> Float32:
    lengths = items.interest_lengths
    known = items.n_ratings >= RATINGS_TO_BE_LIFTED
    typical = float(lengths[known].mean()) if known.any() else 1.0
    relative = np.maximum(lengths, 1e-3 * typical) / max(typical, 1e-12)
    lift = relative ** -min(boldness, _MOST_BY_LENGTH)
    counts = items.n_ratings + _RATINGS_PRIOR
    typical_count = float(counts[known].mean()) if known.any() else 1.0
    lift *= (counts / typical_count) ** (-_BY_RATINGS * max(0.0, boldness - _MOST_BY_LENGTH))
    # What hardly anybody rated is treated like whatever this stop lifts least.
    lift[~known] = np.minimum(lift[~known], lift[known].min(initial=1.0))
    return np.asarray(lift, np.float32)
