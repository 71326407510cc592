"""Latent factors of users and items: learned from ratings, served as one dot product.

Arrays in, frozen dataclasses out; no Django, no SQL. Importing this loads numpy alone: `fit` loads
numba when it is called.

The examples of all public names follow on this one: twelve users, of whom every other one likes
every other movie.

    >>> import numpy as np
    >>> users, movies = np.nonzero((np.arange(12)[:, None] + np.arange(6)) % 5 > 0)
    >>> likes = users % 2 == movies % 2
    >>> ratings = Ratings.from_triples(1 + users, 10 + 10 * movies, np.where(likes, 5.0, 2.0))
    >>> small = Hyperparameters(
    ...     n_factors=2, n_epochs=60, decay=1.0, regularization=0.1, init_sd=0.3,
    ...     n_sweeps=0, strength=1.0, interest_factors=2,
    ... )
    >>> factors = fit(ratings, small, seed=0)
    >>> recommend(factors, user_id=1, n=1)[0]
    array([10])
"""

from recommender.core.explain.calibration import calibrate
from recommender.core.explain.contributions import Explanation, contributions, explain
from recommender.core.explain.intervals import prediction_std
from recommender.core.explain.reasons import reasons_for
from recommender.core.explain.user_ratings import UserRatings
from recommender.core.factors import Epoch, Factors, ItemFactors, UserVector
from recommender.core.fitting.fit import FitDiverged, fit
from recommender.core.fold_in import fold_in
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
from recommender.core.unrated_items import GenreRegression

__all__ = [
    "Epoch",
    "Explanation",
    "Factors",
    "FitDiverged",
    "GenreRegression",
    "Hyperparameters",
    "IntervalWeights",
    "ItemFactors",
    "Ratings",
    "UserRatings",
    "UserVector",
    "calibrate",
    "contributions",
    "cosine_similarity",
    "explain",
    "fit",
    "fold_in",
    "predicted_stars",
    "prediction_std",
    "reasons_for",
    "recommend",
    "score_items",
    "similar_items",
    "steer",
    "top_n",
]
