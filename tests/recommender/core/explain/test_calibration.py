"""The promised share of held-out ratings lies inside the prediction intervals."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.core import (
    Factors,
    IntervalWeights,
    Ratings,
    UserRatings,
    calibrate,
    fit,
    prediction_std,
)
from recommender.core.evaluation import splits
from recommender.core.evaluation.metrics import rows_by_user
from recommender.core.explain.calibration import coverage, held_out_users, non_negative
from tests.recommender.core.conftest import SMALL, make_ratings


@pytest.fixture(scope="module")
def crowd() -> tuple[Factors, Ratings, Ratings]:
    """A fit without held-out ratings, a slice to calibrate on, and a slice to check on.

    Every other person rates at random half of the time, so some are harder to foretell.
    """
    ratings = make_ratings(n_users=240, n_items=120, density=0.35, seed=4)
    rng = np.random.default_rng(5)
    moody = (ratings.user_index % 2 == 0) & (rng.random(len(ratings)) < 0.5)
    stars = np.where(moody, rng.integers(1, 11, len(ratings)) / 2, ratings.stars)
    ratings = replace(ratings, stars=stars.astype(np.float32))
    slices = splits.folds(ratings, 5)
    check, slice_ = slices[0][1], slices[1][1]
    rest = np.setdiff1d(np.arange(len(ratings)), np.concatenate([check, slice_]))
    return fit(ratings.take(rest), SMALL, seed=1), ratings.take(slice_), ratings.take(check)


@pytest.fixture(scope="module")
def calibrated(crowd: tuple[Factors, Ratings, Ratings]) -> Factors:
    factors, held_out, _ = crowd
    return factors.with_interval_weights(calibrate(factors, held_out))


def test_it_works(calibrated: Factors, crowd: tuple[Factors, Ratings, Ratings]) -> None:
    everybody = np.arange(calibrated.user_ids.size)
    rows = coverage(calibrated.items, held_out_users(calibrated, crowd[2], everybody))
    shares = {row.who: row.share for row in rows if row.n_ratings > 200}
    assert shares.pop("all") == pytest.approx(0.8, abs=0.03)
    assert len(shares) > 2
    assert all(share == pytest.approx(0.8, abs=0.06) for share in shares.values()), shares


def test_narrower_ones_would_not_have_done(
    calibrated: Factors, crowd: tuple[Factors, Ratings, Ratings]
) -> None:
    weights = calibrated.items.interval_weights
    half = IntervalWeights.of(weights.as_array() / 4, weights.typical_error)
    narrow = replace(calibrated.items, interval_weights=half)
    rows = coverage(narrow, held_out_users(calibrated, crowd[2], np.arange(240)))
    assert rows[0].share < 0.7


def test_moody_people_are_harder_to_foretell(calibrated: Factors) -> None:
    items, ratings = calibrated.items, calibrated.ratings
    widths = []
    for row, own in enumerate(rows_by_user(ratings)):
        given = ratings.item_index[own], ratings.stars[own]
        who = UserRatings(*given, np.ones(own.size, bool), calibrated.user_implicit[row])
        widths.append(prediction_std(items, who, [5])[0])
    assert np.mean(widths[::2]) > 1.2 * np.mean(widths[1::2])


def test_nothing_held_out_leaves_the_defaults(fitted: Factors, ratings: Ratings) -> None:
    assert calibrate(fitted, ratings.take(np.empty(0, int))) == IntervalWeights()


def test_non_negative_least_squares_finds_the_best_allowed() -> None:
    rng = np.random.default_rng(2)
    matrix = rng.random((300, 3))
    target = matrix @ np.array([2.0, -1.0, 0.5]) + 0.01 * rng.standard_normal(300)
    found = non_negative(matrix, target, np.ones(300))
    assert found[1] == 0

    def loss(weights: np.ndarray) -> float:
        return float(np.sum((target - matrix @ weights) ** 2))

    for _ in range(200):
        other = np.maximum(found + 0.1 * rng.standard_normal(3), 0)
        assert loss(other) >= loss(found)
