"""The site and the compiled kernels, loaded before children are forked."""

import django

django.setup()

from django.test.utils import setup_test_environment  # noqa: E402

from recommender.core import Hyperparameters, Ratings, fit  # noqa: E402
from recommender.training import refit  # noqa: E402,F401

fit(
    Ratings.from_triples([1, 1, 2, 2, 3], [1, 2, 1, 3, 2], [4, 3, 5, 2, 4]),
    Hyperparameters(n_factors=2, n_epochs=1),
    seed=0,
    n_threads=1,
)
# The test client's host is one of the site's.
setup_test_environment()
