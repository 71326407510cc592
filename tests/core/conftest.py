"""Small worlds for the core: tastes in two factors, and the checkerboard."""

import numpy as np
import pytest

from recommender.core import Factors, Hyperparameters, Ratings, fit


def make_ratings(n_users=60, n_items=50, density=0.4, seed=0) -> Ratings:
    """Half-star ratings from two factors, biases and a little noise; ids far from 0 .. n."""
    rng = np.random.default_rng(seed)
    people, movies = rng.standard_normal((n_users, 2)), rng.standard_normal((n_items, 2))
    bias = rng.standard_normal(n_users)[:, None] * 0.3 + rng.standard_normal(n_items) * 0.3
    true = 3.3 + bias + 0.6 * people @ movies.T + 0.2 * rng.standard_normal((n_users, n_items))
    users, items = np.nonzero(rng.random((n_users, n_items)) < density)
    stars = np.clip(np.round(2 * true[users, items]) / 2, 0.5, 5.0)
    return Ratings.from_triples(
        users * 7 + 100, items * 3 + 11, stars, times=rng.permutation(stars.size) * 60.0
    )


def make_checkerboard(n=40) -> Ratings:
    """Even people rate even items, odd people odd items; everyone's own item is withheld."""
    users, items = np.nonzero((np.arange(n)[:, None] + np.arange(n)) % 2 == 0)
    kept = users != items
    return Ratings.from_triples(users[kept], items[kept], np.full(kept.sum(), 4.5))


SMALL = Hyperparameters(n_factors=8, interest_factors=8)


@pytest.fixture(scope="session")
def ratings() -> Ratings:
    return make_ratings()


@pytest.fixture(scope="session")
def fitted(ratings) -> Factors:
    return fit(ratings, SMALL, seed=1)
