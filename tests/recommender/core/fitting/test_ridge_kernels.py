"""The compiled closed-form solutions against plain linear algebra."""

import numpy as np
import pytest

from recommender.core.fitting.rating_block import RatingBlock
from recommender.core.fitting.threads import workers
from tests.recommender.core.conftest import SMALL, make_ratings


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
        block.solve(side)
    k, bias_column = SMALL.n_factors, own.bias_column
    factors = slice(2, 2 + k)
    for r in range(own.weight.size):
        entries = slice(own.starts[r], own.starts[r + 1])
        j = own.indices[entries]
        g = other.rows[j] - other.weight[j, None] * own.implicit[r]
        h = own.prior[r] - own.weight[r] * other.implicit[j]
        rows = np.column_stack([np.ones(j.size), g[:, factors]]).astype(float)
        around = np.einsum("nd,nd->n", h[:, factors].astype(float), g[:, factors])
        bias = own.prior[r, bias_column]
        target = own.stars[entries] - block.global_mean - bias - around
        target -= other.rows[j, 1 - bias_column]
        doubt = other.variance[j][:, factors].astype(float)
        matrix = rows.T @ rows / block.noise + np.diag([strengths[0], *[strengths[1]] * k])
        matrix[np.arange(1, k + 1), np.arange(1, k + 1)] += doubt.sum(axis=0) / block.noise
        right = target @ rows
        right[1:] -= (doubt * h[:, factors]).sum(axis=0)
        solution = np.linalg.solve(matrix, right / block.noise)
        assert own.rows[r, bias_column] == pytest.approx(bias + solution[0], abs=2e-5)
        moved = own.rows[r, factors] - own.prior[r, factors]
        np.testing.assert_allclose(moved, solution[1:], atol=2e-5)
        variance = np.diag(np.linalg.inv(matrix))[1:]
        np.testing.assert_allclose(own.variance[r, factors], variance, rtol=1e-3)
        assert own.rows[r, 1 - bias_column] == 1.0
