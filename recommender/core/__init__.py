"""Latent factors of users and items: learned from ratings, served as one dot product.

Arrays in, frozen dataclasses out; no Django, no SQL. Importing this loads numpy alone: `fit` loads
numba when it is called.
"""

from recommender.core.boldness import STOPS as BOLDNESS_STOPS
from recommender.core.explain.calibration import calibrate
from recommender.core.explain.contributions import Explanation, contributions, explain
from recommender.core.explain.intervals import Z_80, prediction_std
from recommender.core.factors import Epoch, Factors, ItemFactors, UserVector
from recommender.core.fitting.fit import FitDiverged, fit
from recommender.core.fold_in import fold_in
from recommender.core.genre_regression import GenreRegression
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.interval_weights import IntervalWeights
from recommender.core.ranking import (
    cosine_similarity,
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
    "Z_80",
    "Epoch",
    "Explanation",
    "Factors",
    "FitDiverged",
    "GenreRegression",
    "Hyperparameters",
    "IntervalWeights",
    "ItemFactors",
    "Ratings",
    "UserVector",
    "calibrate",
    "contributions",
    "cosine_similarity",
    "explain",
    "fit",
    "fold_in",
    "predicted_stars",
    "prediction_std",
    "recommend",
    "score_items",
    "similar_items",
    "steer",
    "top_n",
]
