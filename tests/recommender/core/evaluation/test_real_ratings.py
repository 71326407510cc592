"""Bands of accuracy on real ratings, wide enough for another processor's rounding."""

import numpy as np
import pytest

from recommender.core import Factors, Ratings, fit, score_items
from recommender.core.evaluation import splits
from recommender.core.evaluation.baselines import BiasOnly, Popularity
from recommender.core.evaluation.cold_start import cold_start
from recommender.core.evaluation.metrics import list_report, rmse
from tests.movielens_100k import read_ml_100k

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ratings() -> Ratings:
    return read_ml_100k()


@pytest.fixture(scope="module")
def by_time(ratings: Ratings) -> tuple[Factors, Ratings, Ratings]:
    train, test = map(ratings.take, splits.temporal(ratings))
    return fit(train, seed=0), train, test


def error(factors: Factors, ratings: Ratings, test: Ratings) -> float:
    pairs = ratings.user_ids[test.user_index], ratings.item_ids[test.item_index]
    return rmse(np.clip(factors.predict(*pairs), 1.0, 5.0), test.stars)


def test_a_random_fold(ratings: Ratings) -> None:
    train, test = map(ratings.take, splits.folds(ratings)[0])
    assert error(fit(train, seed=0), ratings, test) <= 0.878


def test_the_first_of_the_five_parts_of_the_set(ratings: Ratings) -> None:
    train, test = map(ratings.take, splits.fifths_in_order(ratings)[0])
    assert np.unique(test.user_index).size == 459  # as in u1.test
    assert error(fit(train, seed=0), ratings, test) <= 0.885


def test_the_newest_of_each_person(by_time: tuple, ratings: Ratings) -> None:
    factors, train, test = by_time
    ours = error(factors, ratings, test)
    assert ours <= 0.926
    biases = rmse(
        np.clip(BiasOnly(train).predict(test.user_index, test.item_index), 1, 5), test.stars
    )
    assert ours < biases - 0.05


def test_lists(by_time: tuple) -> None:
    factors, train, test = by_time

    def scores(rows: np.ndarray) -> np.ndarray:
        return np.stack([score_items(factors.items, factors.user_vector(row)) for row in rows])

    ours = list_report(train, test, scores)
    popular = list_report(train, test, Popularity(train).score)
    assert ours.ndcg >= 0.180
    assert ours.ndcg >= 1.8 * popular.ndcg
    assert ours.coverage >= 280


@pytest.mark.parametrize("in_order", [True, False])
def test_from_the_first_rating_on(ratings: Ratings, in_order: bool) -> None:
    counts = np.bincount(ratings.user_index)
    people = np.flatnonzero(counts >= 40)
    cold = np.isin(ratings.user_index, np.random.default_rng(42).permutation(people)[:260])
    train, unseen = ratings.take(~cold), ratings.take(cold)
    factors = fit(train, seed=0)
    rows = cold_start(factors.items, unseen, BiasOnly(train).item_bias, in_order=in_order, seed=42)
    for row in rows:
        assert row.rmse <= row.rmse_bias_only + 0.002, row
        assert row.ndcg >= row.ndcg_popularity, row
    assert rows[-1].ndcg > rows[0].ndcg
