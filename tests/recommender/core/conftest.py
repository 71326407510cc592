"""Small worlds for the core: tastes in two factors, and the checkerboard."""

import numpy as np
import pytest

from recommender.core import Factors, Hyperparameters, ItemFactors, Ratings, fit
from tests.movielens_100k import fit_ml_100k


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


def random_items(n_items: int, k: int, k2: int, seed: int = 0) -> ItemFactors:
    """An item side of any size whose numbers are in the range that fits give."""
    rng = np.random.default_rng(seed)

    def rows(width: int, sd: float) -> np.ndarray:
        return rng.standard_normal((n_items, width), np.float32) * np.float32(sd)

    return ItemFactors(
        global_mean=3.5,
        item_ids=np.arange(1, n_items + 1),
        n_ratings=rng.geometric(0.02, n_items).astype(np.int32),
        bias=rows(1, 0.4)[:, 0],
        vectors=rows(k, 0.15),
        implicit=rows(k, 0.1),
        interest=rows(k2, 0.2),
        variance=np.abs(rows(k, 0.01)) + np.float32(0.01),
        mean_user_bias=0.05,
        mean_user_vector=rows(k, 0.05)[0],
        mean_interest=rows(k2, 0.05)[0],
        noise=0.75,
        user_strength=20.0,
        user_bias_strength=5.0,
        hyperparameters=Hyperparameters(n_factors=k, interest_factors=k2),
    )


@pytest.fixture(scope="session")
def ml_100k() -> Factors:
    """The factors of real ratings."""
    return fit_ml_100k()
