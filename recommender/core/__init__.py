"""Latent factors of users and items: learned from ratings, served as one dot product.

Arrays in, frozen dataclasses out; no Django, no SQL. Importing this loads numpy alone: `fit` loads
numba when it is called.
"""

from recommender.core.boldness import STOPS as BOLDNESS_STOPS
from recommender.core.explain.calibration import calibrate
from recommender.core.explain.contributions import Explanation, contributions, explain
from recommender.core.explain.intervals import STANDARD_DEVIATIONS, spread
from recommender.core.factors import Epoch, Factors, ItemFactors, UserVector
from recommender.core.fitting.fit import FitDiverged, fit
from recommender.core.fold_in import fold_in
from recommender.core.genre_regression import GenreRegression
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.interval_weights import SpreadWeights
from recommender.core.ranking import (
    closeness,
    predicted_stars,
    recommend,
    score_items,
    similar_items,
    top_n,
)
from recommender.core.ratings import Ratings
from recommender.core.steering import steer

__all__ = [
    "BOLDNESS_STOPS",
    "STANDARD_DEVIATIONS",
    "Epoch",
    "Explanation",
    "Factors",
    "FitDiverged",
    "GenreRegression",
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
    "recommend",
    "score_items",
    "similar_items",
    "spread",
    "steer",
    "top_n",
]
