"""Axes of taste: which directions they are, and that a refit does not turn the picture."""

import numpy as np
import pytest

from movies.imports.demo.catalogue import demo_movies
from movies.imports.demo.ratings import demo_ratings
from recommender.core import Ratings, fit
from recommender.core.pca import (
    Components,
    align_axes,
    axis_cosines,
    extremes,
    principal_components,
)

SPREADS = np.array([3.0, 2.0, 1.0, 0.5])


def make_rows(n: int = 400, k: int = 9, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, k) that differ along four directions (k, 4), by SPREADS, and a little elsewhere."""
    rng = np.random.default_rng(seed)
    directions, _ = np.linalg.qr(rng.standard_normal((k, k)))
    spreads = np.concatenate([SPREADS, np.full(k - SPREADS.size, 0.05)])
    rows = 5.0 + rng.standard_normal((n, k)) * spreads @ directions.T
    return rows, directions[:, : SPREADS.size]


def turned(rows: np.ndarray, seed: int) -> np.ndarray:
    """The same rows as another fit would have them: rotated, reflected, shifted, with noise."""
    rng = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(rng.standard_normal((rows.shape[1],) * 2))
    return (rows @ rotation) + 7.0 + 0.05 * rng.standard_normal(rows.shape)


def test_it_works() -> None:
    rows, directions = make_rows()
    found = principal_components(rows, np.ones(len(rows)), 4)
    assert np.abs(np.diag(found.axes.T @ directions)) == pytest.approx(np.ones(4), abs=0.02)
    np.testing.assert_allclose(np.sqrt(found.variance), SPREADS, rtol=0.1)
    np.testing.assert_allclose(found.project(rows).mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(found.project(rows).var(axis=0), found.variance)


def test_axes_are_orthonormal_and_come_in_the_order_of_their_variance() -> None:
    rows, _ = make_rows(seed=3)
    found = principal_components(rows, np.arange(len(rows)) % 7, 6)
    np.testing.assert_allclose(found.axes.T @ found.axes, np.eye(6), atol=1e-12)
    assert np.all(np.diff(found.variance) <= 0)
    assert 0.99 < found.share[:4].sum() < found.share.sum() <= 1


def test_a_weight_of_two_is_the_row_twice_and_none_is_no_row() -> None:
    rows, _ = make_rows(n=60)
    weights = np.ones(60)
    weights[:20], weights[20:30] = 2.0, 0.0
    doubled = np.concatenate([rows[:20], rows[:20], rows[30:]])
    by_weight = principal_components(rows, weights, 3)
    by_rows = principal_components(doubled, np.ones(len(doubled)), 3)
    np.testing.assert_allclose(by_weight.centre, by_rows.centre)
    np.testing.assert_allclose(np.abs(by_weight.axes), np.abs(by_rows.axes), atol=1e-9)


def test_the_sign_is_a_rule() -> None:
    rows, _ = make_rows()
    weights = np.linspace(1, 50, len(rows))
    for flip in (1.0, -1.0):
        places = principal_components(flip * rows, weights, 4).project(flip * rows)
        heaviest = np.argmax(weights[:, None] * places**2, axis=0)
        assert np.all(places[heaviest, range(4)] > 0)


def test_there_are_no_more_axes_than_directions() -> None:
    flat = np.outer(np.arange(10.0), [1.0, 2.0, 0.0])
    assert principal_components(flat, np.ones(10), 3).n_axes == 1
    assert principal_components(np.ones((5, 3)), np.ones(5), 3).n_axes == 0


def test_rows_without_weight_are_refused() -> None:
    with pytest.raises(ValueError, match="weight"):
        principal_components(np.ones((3, 2)), np.zeros(3), 2)


@pytest.mark.parametrize("seed", range(5))
def test_alignment_restores_the_picture_of_a_turned_noisy_copy(seed: int) -> None:
    rows, _ = make_rows()
    weights = np.ones(len(rows))
    before = principal_components(rows, weights, 3).project(rows)
    other = turned(rows, seed)
    wide = principal_components(other, weights, 6)
    again = align_axes(wide, wide.project(other), before, weights)
    np.testing.assert_allclose(again.axes.T @ again.axes, np.eye(3), atol=1e-12)
    assert axis_cosines(again.project(other), before, weights).min() > 0.99


def test_components_of_equal_variance_do_not_turn_into_each_other() -> None:
    rng = np.random.default_rng(4)
    equal, _ = np.linalg.qr(rng.standard_normal((500, 6)))
    rows = np.sqrt(500) * equal * [2.0, 2.0, 2.0, 0.1, 0.1, 0.1]
    weights = np.ones(500)
    before = principal_components(rows, weights, 2).project(rows)
    other = turned(rows, 9)
    wide = principal_components(other, weights, 4)
    alone = np.abs(axis_cosines(wide.first(2).project(other), before, weights))
    again = align_axes(wide, wide.project(other), before, weights)
    assert alone.min() < 0.9  # the negative control: without alignment it is another picture
    assert axis_cosines(again.project(other), before, weights).min() > 0.97


def test_extremes_are_the_furthest_out_first() -> None:
    low, high = extremes([0.1, -3.0, 2.0, -1.0, 5.0], 2)
    assert low.tolist() == [1, 3]
    assert high.tolist() == [4, 2]
    assert [len(end) for end in extremes([1.0], 3)] == [1, 1]


@pytest.mark.slow
def test_a_second_fit_of_the_demo_ratings_shows_the_same_axes() -> None:
    lines = list(demo_ratings(demo_movies()))
    columns = np.array([line[1:4] for line in lines])
    ratings = Ratings.from_triples(columns[:, 0], columns[:, 1], columns[:, 2] / np.float32(2))
    first, second = (fit(ratings, seed=seed).items for seed in (1, 2))
    weights = np.where(first.n_ratings >= 5, first.n_ratings, 0)
    known = np.argsort(-weights, kind="stable")[:300]

    before = principal_components(first.vectors, weights, 4).project(first.vectors[known])
    wide = principal_components(second.vectors, weights, 8)
    after = align_axes(wide, wide.project(second.vectors[known]), before, weights[known])
    places = after.project(second.vectors[known])

    assert axis_cosines(places, before, weights[known]).mean() >= 0.95
    for axis in range(3):
        for old, new in zip(
            extremes(before[:, axis], 6), extremes(places[:, axis], 6), strict=True
        ):
            assert len(set(old.tolist()) & set(new.tolist())) >= 4


def test_places_of_rows_never_seen_are_those_of_the_formula() -> None:
    rows, _ = make_rows(n=50)
    found: Components = principal_components(rows, np.ones(50), 2)
    new = np.arange(9.0)
    np.testing.assert_allclose(found.project([new])[0], (new - found.centre) @ found.axes)
