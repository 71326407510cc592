"""The closed-form solutions: against plain linear algebra, and stored against live."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.core import Factors, Ratings, fold_in
from recommender.core.fold_in import solve_interest, solve_stars
from recommender.core.recency import rating_ages, recency_weights


def rated(ratings: Ratings, row: int) -> tuple[np.ndarray, np.ndarray]:
    own = ratings.user_index == row
    return ratings.item_index[own], ratings.stars[own]


def test_a_stored_row_is_what_a_page_solves(fitted: Factors, ratings: Ratings) -> None:
    for row in range(ratings.n_users):
        index, stars = rated(ratings, row)
        live = fold_in(
            fitted.items,
            index,
            stars,
            times=ratings.times[ratings.user_index == row],
            in_fit=np.ones(index.size, bool),
            user_implicit=fitted.user_implicit[row],
        )
        assert live.bias == pytest.approx(fitted.user_bias[row], abs=1e-5)
        np.testing.assert_allclose(live.vector, fitted.user_factors[row], atol=1e-5)
        np.testing.assert_allclose(live.interest, fitted.user_interest[row], atol=1e-5)


def test_a_fold_in_solves_its_normal_equations(fitted: Factors, ratings: Ratings) -> None:
    for row in range(5):
        index, stars = rated(ratings, row)
        solution = solve_stars(fitted.items, index, stars)
        left = solution.matrix @ solution.theta - solution.right.sum(axis=0)
        assert np.abs(left).max() < 1e-8


def test_interest_solves_its_normal_equations(fitted: Factors, ratings: Ratings) -> None:
    p = replace(fitted.items.hyperparameters, new_user_until=1)  # nobody is new
    items = replace(fitted.items, hyperparameters=p)
    for row in range(5):
        index, stars = rated(ratings, row)
        interest = solve_interest(items, index, stars)
        f = items.interest[index].astype(float)
        weights = recency_weights(rating_ages(None, index.size), 2.0, 0.35, 20.0)
        mean = (stars.sum(dtype=float) + 5.0 * items.global_mean) / (stars.size + 5.0)
        targets = np.clip(1.0 + p.interest_user_slope * (stars.astype(float) - mean), -1.0, 2.0)
        gram = p.interest_unrated_weight * items.interest_gram + (weights[:, None] * f).T @ f
        gram += p.interest_user_ridge * np.eye(f.shape[1])
        assert np.abs(gram @ interest - f.T @ (weights * targets)).max() < 1e-8


def test_the_first_ratings_move_the_mean_person(fitted: Factors, ratings: Ratings) -> None:
    items = fitted.items
    index, stars = rated(ratings, 3)
    mean = np.append(items.mean_user_bias, items.mean_user_vector)

    def away(n: int) -> float:
        user = fold_in(items, index[:n], stars[:n])
        return float(np.linalg.norm(np.append(user.bias, user.vector) - mean))

    steps = [away(n) for n in (0, 1, 4, 16)]
    assert steps[0] == 0.0
    assert steps == sorted(steps)
