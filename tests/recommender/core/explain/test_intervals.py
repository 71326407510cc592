"""How sure a prediction is, and whether the promised share of ratings lies inside."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.core import (
    Factors,
    IntervalWeights,
    ItemFactors,
    Ratings,
    calibrate,
    fit,
    prediction_std,
    top_n,
)
from recommender.core.evaluation import splits
from recommender.core.evaluation.metrics import rows_by_user
from recommender.core.explain.calibration import coverage, held_out_users, non_negative
from recommender.core.explain.intervals import Z_80
from recommender.core.ranking import score_items
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
        implicit = calibrated.user_implicit[row]
        widths.append(
            prediction_std(
                items, *given, [5], in_fit=np.ones(own.size, bool), user_implicit=implicit
            )[0]
        )
    assert np.mean(widths[::2]) > 1.2 * np.mean(widths[1::2])


def test_every_rating_of_mine_and_of_the_movie_makes_it_surer(fitted: Factors) -> None:
    items = fitted.items
    index, stars = np.arange(20), np.full(20, 3.5)
    widths = [prediction_std(items, index[:n], stars[:n], [30])[0] for n in (0, 1, 5, 20)]
    assert widths == sorted(widths, reverse=True)
    assert np.isfinite(widths).all()
    rare = replace(items, n_ratings=np.where(np.arange(items.n_items) == 30, 1, 50))
    few, many = prediction_std(rare, index, stars, [30, 31])
    assert few > many


def test_a_run_stored_before_there_were_weights_still_serves(fitted: Factors) -> None:
    summary = fitted.items.summary()
    own = IntervalWeights(person=3.0, typical_error=0.2)
    summary["spread"] = own.to_dict()
    assert rebuilt(fitted.items, summary).interval_weights == own
    del summary["spread"]
    assert rebuilt(fitted.items, summary).interval_weights == IntervalWeights()


def rebuilt(items: ItemFactors, summary: dict) -> ItemFactors:
    columns = (items.item_ids, items.n_ratings, items.bias, items.vectors, items.implicit)
    return ItemFactors.from_parts(*columns, items.interest, items.variance, summary)


def test_nothing_held_out_leaves_the_defaults(fitted: Factors, ratings: Ratings) -> None:
    assert calibrate(fitted, ratings.take(np.empty(0, int))) == IntervalWeights()


def test_standard_deviations_and_intervals_agree(fitted: Factors) -> None:
    # 80 % of a normal distribution: the error function of 1.2816 / sqrt 2.
    draws = np.random.default_rng(0).standard_normal(200_000)
    assert np.mean(np.abs(draws) < Z_80) == pytest.approx(0.8, abs=0.005)


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


def a_site_full_of_darlings(n_darlings: int = 300) -> Ratings:
    """Twenty people, movies that some of them share, and movies that one of them gave 5 stars."""
    core = make_ratings(n_users=20, n_items=80, density=0.25, seed=8)
    fans = np.random.default_rng(3).integers(0, 20, n_darlings)
    return Ratings.from_triples(
        np.append(core.user_ids[core.user_index], core.user_ids[fans]),
        np.append(core.item_ids[core.item_index], 10_000 + np.arange(n_darlings)),
        np.append(core.stars, np.full(n_darlings, 5.0)),
    )


def darlings_per_list(factors: Factors) -> list[int]:
    known = rows_by_user(factors.ratings)
    lists = [
        top_n(
            score_items(factors.items, factors.user_vector(row)),
            10,
            exclude=factors.ratings.item_index[known[row]],
        )
        for row in range(factors.user_ids.size)
    ]
    return [int((factors.items.item_ids[rows] >= 10_000).sum()) for rows in lists]


def test_movies_with_one_rating_do_not_fill_a_top_10() -> None:
    factors = fit(a_site_full_of_darlings(), SMALL, seed=1)
    assert max(darlings_per_list(factors)) <= 1
    # Without the doubt they would: what this test is worth.
    trusting = replace(factors, items=replace(factors.items))
    vars(trusting.items)["confidence"] = np.ones(factors.items.n_items, np.float32)
    assert max(darlings_per_list(trusting)) >= 3
