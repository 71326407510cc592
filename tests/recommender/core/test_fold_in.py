"""The closed-form solutions: against plain linear algebra, and stored against live."""

import numpy as np
import pytest

from recommender.core import Factors, Ratings, fit, fold_in
from recommender.core.evaluation import splits
from recommender.core.fitting.early_stopping import choose_lengths
from recommender.core.fitting.rating_block import RatingBlock
from recommender.core.fitting.threads import workers
from recommender.core.fold_in import solve_interest, solve_stars
from recommender.core.hyperparameters import Hyperparameters
from tests.recommender.core.conftest import SMALL, make_ratings


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
        interest = solve_interest(fitted.items, index, stars)
        items, p = fitted.items, fitted.items.hyperparameters
        f = items.interest[index].astype(float)
        mean = (stars.sum(dtype=float) + 5.0 * items.global_mean) / (stars.size + 5.0)
        targets = np.clip(1.0 + p.interest_user_slope * (stars.astype(float) - mean), -1.0, 2.0)
        gram = p.interest_unrated_weight * items.interest_gram + f.T @ f
        gram += p.interest_user_ridge * np.eye(f.shape[1])
        assert np.abs(gram @ interest - f.T @ targets).max() < 1e-8


@pytest.mark.parametrize("side", ["users", "items"])
def test_the_compiled_solution_is_that_of_plain_linear_algebra(side: str) -> None:
    ratings = make_ratings()
    with workers(1) as pool:
        block = RatingBlock(ratings, SMALL, np.random.default_rng(0), pool)
        for number in range(3):
            block.run_epoch(0.04 * 0.9**number)
        block.sweep(0)  # so that there are variances
        own, other = (block.users, block.items) if side == "users" else (block.items, block.users)
        strengths = (
            (block.user_bias_strength, block.user_strength)
            if side == "users"
            else (block.item_bias_strength, block.item_strength)
        )
        block.solve(side, np.float64)
    k, bias_column = SMALL.n_factors, own.bias_column
    factors = slice(2, 2 + k)
    for r in range(own.weight.size):
        entries = slice(own.starts[r], own.starts[r + 1])
        j = own.indices[entries]
        g = other.rows[j] - other.weight[j, None] * own.implicit[r]
        h = own.prior[r] - own.weight[r] * other.implicit[j]
        rows = np.column_stack([np.ones(j.size), g[:, factors]]).astype(float)
        around = np.einsum("nd,nd->n", h[:, factors].astype(float), g[:, factors])
        target = own.stars[entries] - block.global_mean - other.rows[j, 1 - bias_column] - around
        doubt = other.variance[j][:, factors].astype(float)
        matrix = rows.T @ rows / block.noise + np.diag([strengths[0], *[strengths[1]] * k])
        matrix[np.arange(1, k + 1), np.arange(1, k + 1)] += doubt.sum(axis=0) / block.noise
        right = target @ rows
        right[1:] -= (doubt * h[:, factors]).sum(axis=0)
        solution = np.linalg.solve(matrix, right / block.noise)
        assert own.rows[r, bias_column] == pytest.approx(solution[0], abs=2e-5)
        moved = own.rows[r, factors] - own.prior[r, factors]
        np.testing.assert_allclose(moved, solution[1:], atol=2e-5)
        variance = np.diag(np.linalg.inv(matrix))[1:]
        np.testing.assert_allclose(own.variance[r, factors], variance, rtol=1e-3)
        assert own.rows[r, 1 - bias_column] == 1.0


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


def test_learning_stops_where_held_out_ratings_stop_gaining() -> None:
    # Taste explains nothing here: everything after the first epochs is noise learned by heart.
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((150, 100)) < 0.5)
    stars = np.clip(np.round(2 * (3.5 + rng.standard_normal(users.size))) / 2, 0.5, 5.0)
    noise = Ratings.from_triples(users, items, stars, times=rng.permutation(users.size) * 1.0)
    p = Hyperparameters(n_factors=8, regularization=0.01, learning_rate=0.1, n_epochs=30)
    seen = []
    with workers(1) as pool:
        chosen = choose_lengths(noise, p, 0, pool, seen.append)
    assert chosen.n_epochs < 10
    errors = [epoch.validation_rmse for epoch in seen]
    assert chosen.n_epochs == int(np.argmin(errors)) + 1
    assert len(errors) < p.n_epochs


def test_the_slice_is_everybodys_newest() -> None:
    ratings = make_ratings()
    train, held_out = splits.temporal(ratings, 0.1)
    newest = np.full(ratings.n_users, -np.inf)
    np.maximum.at(newest, ratings.user_index[train], ratings.times[train])
    assert (ratings.times[held_out] > newest[ratings.user_index[held_out]]).all()


def test_too_little_to_try_on_leaves_the_lengths() -> None:
    few = make_ratings(n_users=20, n_items=20)
    factors = fit(few, SMALL, seed=0)
    assert factors.metrics["n_epochs"] == SMALL.n_epochs
    assert not any(epoch.block == "pilot" for epoch in factors.curve)
