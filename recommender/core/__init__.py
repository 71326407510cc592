"""Latent factors of people and movies: learned from ratings, served as one dot product.

Arrays in, frozen dataclasses out; no Django, no SQL. numba is loaded inside `fit` alone.
"""

from recommender.core.boldness import STOPS as BOLDNESS_STOPS
from recommender.core.explain.calibration import calibrate
from recommender.core.explain.contributions import Explanation, contributions, explain
from recommender.core.explain.intervals import STANDARD_DEVIATIONS, spread
from recommender.core.fitting.fit import (
    Epoch,
    Factors,
    FitDiverged,
    Hyperparameters,
    ItemFactors,
    fit,
)
from recommender.core.fitting.unrated_items import GenrePlacement
from recommender.core.fold_in import UserVector, fold_in
from recommender.core.interval_weights import SpreadWeights
from recommender.core.ranking import closeness, predicted_stars, score_items, similar_items, top_n
from recommender.core.ratings import Ratings
from recommender.core.steering import steer

__all__ = [
    "BOLDNESS_STOPS",
    "STANDARD_DEVIATIONS",
    "Epoch",
    "Explanation",
    "Factors",
    "FitDiverged",
    "GenrePlacement",
    "Hyperparameters",
    "ItemFactors",
    "Ratings",
    "SpreadWeights",
    "UserVector",
    "calibrate",
    "closeness",
    "contributions",
    "explain",
    "fit",
    "fold_in",
    "predicted_stars",
    "score_items",
    "similar_items",
    "spread",
    "steer",
    "top_n",
]
