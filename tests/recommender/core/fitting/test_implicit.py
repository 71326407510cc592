"""Conjugate gradients for implicit vectors against plain linear algebra."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.core.fitting.engines import Local
from recommender.core.fitting.implicit import ImplicitSolver
from recommender.core.fitting.parts import partition
from recommender.core.fitting.rating_block import RatingBlock
from recommender.core.fitting.source import InMemory
from tests.recommender.core.conftest import SMALL, make_ratings

RIDGE, POWER = 1.4, 0.5


@pytest.mark.parametrize("n_parts", [1, 3])
@pytest.mark.parametrize("is_users", [True, False])
def test_many_steps_end_at_the_solution(
    is_users: bool, n_parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition, "PARTS_FROM", ((0, n_parts),))
    ratings = make_ratings()
    with Local(1) as engine:
        block = RatingBlock(InMemory(ratings), SMALL, np.random.default_rng(0), engine)
        own, other = (block.users, block.items) if is_users else (block.items, block.users)
        before = own
        own, other = ImplicitSolver(own, block.sums, RIDGE, POWER, 40).solve(own, other)
    in_order = (slice(None), block.ratings.cut.item_rows)[:: 1 if is_users else -1]
    pairs = (ratings.user_index, ratings.item_index)[:: 1 if is_users else -1]
    sizes = (ratings.n_users, ratings.n_items)[:: 1 if is_users else -1]
    counts = np.bincount(pairs[0], minlength=sizes[0])
    sets = np.zeros(sizes)
    sets[pairs] = 1 / np.sqrt(counts[pairs[0]])
    importance = counts**POWER / np.mean(counts**POWER)
    wanted = (np.concatenate(before.rows) - np.concatenate(before.prior))[in_order[0]][:, 2:]
    matrix = sets.T @ (importance[:, None] * sets) + RIDGE * np.eye(sizes[1])
    solution = np.linalg.solve(matrix, sets.T @ (importance[:, None] * wanted))
    np.testing.assert_allclose(
        np.concatenate(other.implicit)[in_order[1]][:, 2:], solution, atol=1e-4
    )
    prior = np.concatenate(own.prior)[in_order[0]][:, 2:]
    np.testing.assert_allclose(prior, sets @ solution, atol=1e-4)


def test_rows_move_with_their_implicit_part_and_arguments_stay() -> None:
    with Local(1) as engine:
        block = RatingBlock(InMemory(make_ratings()), SMALL, np.random.default_rng(0), engine)
        users, items = block.users, block.items
        kept = [
            array.copy() for side in (users, items) for array in (side.rows[0], side.implicit[0])
        ]
        moved, _ = ImplicitSolver(users, block.sums, RIDGE, POWER, 2).solve(users, items)
    difference = moved.rows[0] - users.rows[0]
    np.testing.assert_allclose(difference, moved.prior[0] - users.prior[0], atol=1e-6)
    assert np.abs(difference[:, 2:]).max() > 0
    now = [array for side in (users, items) for array in (side.rows[0], side.implicit[0])]
    for first, second in zip(kept, now, strict=True):
        np.testing.assert_array_equal(first, second)


def test_no_steps_change_nothing() -> None:
    with Local(1) as engine:
        block = RatingBlock(InMemory(make_ratings()), SMALL, np.random.default_rng(0), engine)
        sides = replace(block.users), replace(block.items)
        assert ImplicitSolver(sides[0], block.sums, RIDGE, POWER, 0).solve(*sides) == sides
