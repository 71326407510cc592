"""Biases before any factors, and the line that rarely rated items are drawn to."""

import dataclasses

import numpy as np
import pytest

from recommender.core import Ratings, fit
from recommender.core.fitting.biases import popularity_line
from recommender.core.fitting.engines import Local
from recommender.core.fitting.parts import partition
from recommender.core.fitting.rating_block import RatingBlock
from recommender.core.fitting.source import InMemory
from tests.recommender.core.conftest import SMALL


@pytest.fixture(params=[1, 3])
def n_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(partition, "PARTS_FROM", ((0, request.param),))
    return request.param


def ratings_where_the_popular_is_good(n_items: int = 80) -> Ratings:
    """Item i has about i / 2 + 1 ratings; its mean rises with their logarithm."""
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((60, n_items)) < (np.arange(n_items) + 1) / 120)
    generosity = 0.4 * rng.standard_normal(60)
    stars = 1.5 + 0.5 * np.log1p((items + 1) / 2) + generosity[users]
    stars += 0.3 * rng.standard_normal(items.size)
    catalogue = np.arange(n_items + 1)
    return Ratings.from_triples(users, items, np.clip(stars, 0.5, 5), catalogue=catalogue)


def test_biases_solve_the_damped_normal_equations(n_parts: int) -> None:
    ratings = ratings_where_the_popular_is_good()
    p = dataclasses.replace(SMALL, bias_strength=5.0, noise=0.8)
    with Local(1) as engine:
        block = RatingBlock(InMemory(ratings), p, np.random.default_rng(0), engine)
    assert block.ratings.n == n_parts
    users = np.concatenate(block.users.rows)
    items = block.items.rows[0][block.ratings.cut.item_rows]
    left = ratings.stars - ratings.stars.mean() - items[ratings.item_index, 1]
    sums = np.bincount(ratings.user_index, left, minlength=ratings.n_users)
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    np.testing.assert_allclose(users[:, 0], sums / (counts + 4.0), atol=1e-4)
    assert (users[:, 1] == 1.0).all()
    assert (items[:, 0] == 1.0).all()


def test_the_line_is_found_and_reaches_items_without_ratings() -> None:
    counts = np.arange(400)
    line = popularity_line(counts * (0.3 * np.log1p(counts) - 1.0), counts, damping=4.0)
    assert line[0] == pytest.approx(-1.0, abs=0.15)
    assert line[399] == pytest.approx(0.3 * np.log(400) - 1.0, abs=0.05)


def test_what_few_rated_is_predicted_worse_and_what_nobody_rated_worst() -> None:
    factors = fit(ratings_where_the_popular_is_good(), SMALL)
    bias = factors.items.bias
    assert bias[80] < -0.5
    assert bias[80] < bias[:10].mean() < bias[60:80].mean()


def test_one_rating_draws_no_line() -> None:
    line = popularity_line(np.array([1.5, 0.0]), np.array([1, 0]), damping=4.0)
    assert np.abs(line).max() < 0.5
