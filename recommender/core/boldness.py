"""Boldness: how well known the items of a list are, by dividing the score by |interest|^v.

The length of an interest vector grows with how many users picked the movie, and is learned with
everything else. Dividing by a power of it moves a list's mean popularity evenly; taking off the
logarithm of the count falls off a cliff, and confidence bounds of the interest block go the wrong
way, since there the well known movies are the uncertain ones.
"""

from __future__ import annotations

import numpy as np

from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float32

# v at the five stops of a user's control, from the best known to off the beaten track.
BOLDNESS_STOPS = (-1.0, -0.5, 0.0, 0.45, 0.75)

# A movie needs this many ratings before it may be lifted: the length of an interest vector that
# nobody trained says nothing.
RATINGS_TO_BE_LIFTED = 3


def with_boldness(items: ItemFactors, scores: Float32, boldness: float) -> Float32:
    """(n_items,) the scores for boldness v: -1 keeps to the well known, .75 leads off the track.

    Scores below zero are divided by the lift instead, so that a lifted movie never falls.
    """
    if not boldness:
        return scores
    lift = lift_of(items, boldness)
    return np.asarray(np.where(scores >= 0, scores * lift, scores / lift), np.float32)


def lift_of(items: ItemFactors, boldness: float) -> Float32:
    """(n_items,) (|interest| / typical)^-boldness, worked out once for a model and a stop."""
    if boldness not in items.lifts:
        items.lifts[boldness] = _lift(items, boldness)
    return items.lifts[boldness]


def _lift(items: ItemFactors, boldness: float) -> Float32:
    lengths = items.interest_lengths
    known = items.n_ratings >= RATINGS_TO_BE_LIFTED
    typical = float(lengths[known].mean()) if known.any() else 1.0
    relative = np.maximum(lengths, 1e-3 * typical) / max(typical, 1e-12)
    lift = relative**-boldness
    # What hardly anybody rated is treated like whatever this stop lifts least.
    lift[~known] = np.minimum(lift[~known], lift[known].min(initial=1.0))
    return np.asarray(lift, np.float32)
