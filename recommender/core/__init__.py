"""Latent factors of people and movies: learned from ratings, served as one dot product.

Arrays in, frozen dataclasses out; no Django, no SQL. numba is loaded inside `fit` alone.
"""

from .boldness import STOPS as BOLDNESS_STOPS
from .calibration import calibrate
from .explaining import Explanation, contributions, explain
from .factorization import Epoch, Factors, FitDiverged, Hyperparameters, ItemFactors, fit
from .folding import UserVector, fold_in
from .placing import GenrePlacement
from .ranking import closeness, predicted_stars, score_items, similar_items, top_n
from .ratings import Ratings
from .spread import STANDARD_DEVIATIONS, spread
from .spread_weights import SpreadWeights
from .steering import steer

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
