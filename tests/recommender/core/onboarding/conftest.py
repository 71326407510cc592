"""A small site with four tastes."""

import numpy as np
import pytest

from recommender.core import Factors, Hyperparameters, Ratings, fit

THEMES, MOVIES_EACH, PEOPLE = 4, 15, 120


@pytest.fixture(scope="session")
def four_themes() -> Factors:
    """Each person likes and rates one theme; a few ratings elsewhere."""
    rng = np.random.default_rng(3)
    n = THEMES * MOVIES_EACH
    own = np.arange(PEOPLE)[:, None] % THEMES == np.arange(n) % THEMES
    users, items = np.nonzero(rng.random((PEOPLE, n)) < np.where(own, 0.7, 0.08))
    stars = np.where(own[users, items], 4.5, 2.5) + rng.choice([-0.5, 0.0, 0.5], users.size)
    settings = Hyperparameters(n_factors=8, interest_factors=8)
    return fit(Ratings.from_triples(users, items + 100, stars), settings, seed=1)
