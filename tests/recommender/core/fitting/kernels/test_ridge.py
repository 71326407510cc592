"""The compiled closed-form solutions against plain linear algebra."""

from dataclasses import dataclass

import numpy as np
import pytest

from recommender.core.fitting.engines import Local
from recommender.core.fitting.parts import partition
from recommender.core.fitting.rating_block import RatingBlock
from recommender.core.fitting.sides import Side
from recommender.core.fitting.source import InMemory
from tests.recommender.core.conftest import SMALL, make_ratings


@dataclass
class Whole:
    """One side as whole arrays, in the order of its ids."""

    weight: np.ndarray
    rows: np.ndarray
    prior: np.ndarray
    implicit: np.ndarray
    variance: np.ndarray

    @classmethod
    def of(cls, side: Side, order: np.ndarray | slice) -> "Whole":
        columns = (side.weight, side.rows, side.prior, side.implicit, side.variance)
        return cls(*(np.concatenate(handles)[order] for handles in columns))


@pytest.mark.parametrize("n_parts", [1, 3])
@pytest.mark.parametrize("side", ["users", "items"])
def test_the_compiled_solution_is_that_of_plain_linear_algebra(
    side: str, n_parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition, "PARTS_FROM", ((0, n_parts),))
    ratings = make_ratings()
    with Local(1) as engine:
        block = RatingBlock(InMemory(ratings), SMALL, np.random.default_rng(0), engine)
        for number in range(3):
            block.run_epoch(0.04 * 0.9**number)
        block.sweep(0)  # so that there are variances
        strengths = (
            (block.user_bias_strength, block.user_strength)
            if side == "users"
            else (block.item_bias_strength, block.item_strength)
        )
        block.solve_users() if side == "users" else block.solve_items()
    k, factors = SMALL.n_factors, slice(2, 2 + SMALL.n_factors)
    users = Whole.of(block.users, slice(None))
    items = Whole.of(block.items, block.ratings.cut.item_rows)
    own, other, bias_column = (users, items, 0) if side == "users" else (items, users, 1)
    index = (ratings.user_index, ratings.item_index)
    keys, others = index if side == "users" else index[::-1]
    for r in range(own.weight.size):
        entries = keys == r
        j = others[entries]
        g = other.rows[j] - other.weight[j, None] * own.implicit[r]
        h = own.prior[r] - own.weight[r] * other.implicit[j]
        rows = np.column_stack([np.ones(j.size), g[:, factors]]).astype(float)
        around = np.einsum("nd,nd->n", h[:, factors].astype(float), g[:, factors])
        bias = own.prior[r, bias_column]
        target = ratings.stars[entries] - block.ratings.global_mean - bias - around
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
