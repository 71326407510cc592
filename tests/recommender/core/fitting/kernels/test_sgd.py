"""The compiled steps against the mathematics they stand for."""

import numpy as np
import pytest

from recommender.core.fitting.kernels import sgd, simd
from recommender.core.fitting.kernels.sgd import Decay, LeftOut, RatingBatch
from recommender.core.fitting.kernels.simd import shape_of

N_USERS, N_ITEMS, WIDTH = 3, 4, 32
MEAN, RATE = 3.5, 0.05
BIAS_SHARE = np.array([0.2, 0.3], np.float32)


class State:
    """Rows of both sides with everything that a step looks at."""

    def __init__(self, seed: int, is_left_out: bool) -> None:
        rng = np.random.default_rng(seed)
        self.user, self.item = self.rows(rng, N_USERS, 1), self.rows(rng, N_ITEMS, 0)
        self.priors = tuple(self.vectors(rng, n) for n in (N_USERS, N_ITEMS))
        weights = [rng.random(n).astype(np.float32) for n in (N_USERS, N_ITEMS)]
        parts = (self.vectors(rng, N_ITEMS), self.vectors(rng, N_USERS), *weights)
        self.left_out = LeftOut(*parts) if is_left_out else None
        self.strength = rng.random(N_USERS).astype(np.float32), rng.random(N_ITEMS).astype("f4")

    @staticmethod
    def rows(rng: np.random.Generator, n: int, constant: int) -> np.ndarray:
        rows = simd.zeros(n, WIDTH)
        rows[:] = rng.standard_normal((n, WIDTH)) * 0.3
        rows[:, constant] = 1.0
        return rows

    @staticmethod
    def vectors(rng: np.random.Generator, n: int) -> np.ndarray:
        rows = simd.zeros(n, WIDTH)
        rows[:, 2:] = rng.standard_normal((n, WIDTH - 2)) * 0.3
        return rows

    def step(self, users: list[int], items: list[int], stars: list[float]) -> float:
        ratings = np.array(users, np.int32), np.array(items, np.int32), np.array(stars, np.float32)
        decay = Decay(*(np.float32(RATE) * strength for strength in self.strength), BIAS_SHARE)
        return sgd.rating_steps(
            *(RatingBatch(*ratings), self.user, self.item, self.priors, self.left_out),
            *(decay, MEAN, RATE, shape_of(WIDTH)),
        )

    def loss(self, u: int, i: int, stars: float, user: np.ndarray, item: np.ndarray) -> float:
        """Half the squared error and half the regularization of the two rows."""
        h, g = user, item
        if self.left_out is not None:
            y, x, w_user, w_item = self.left_out
            h, g = user - w_user[u] * y[i].astype(float), item - w_item[i] * x[u].astype(float)
        user_strength, item_strength = np.ones(WIDTH), np.ones(WIDTH)
        user_strength[0], item_strength[1] = BIAS_SHARE
        user_strength[1] = item_strength[0] = 0.0  # the constant columns
        held = self.strength[0][u] * user_strength @ (user - self.priors[0][u]) ** 2
        held += self.strength[1][i] * item_strength @ (item - self.priors[1][i]) ** 2
        return 0.5 * (stars - MEAN - h @ g) ** 2 + 0.5 * held


def numerical_gradient(function, at: np.ndarray) -> np.ndarray:
    """Central differences."""
    out, small = np.empty(at.size), 1e-6
    for d in range(at.size):
        there, back = at.copy(), at.copy()
        there[d] += small
        back[d] -= small
        out[d] = (function(there) - function(back)) / (2 * small)
    return out


@pytest.mark.parametrize("is_left_out", [False, True])
def test_a_step_goes_against_the_gradient_of_the_loss(is_left_out: bool) -> None:
    state = State(0, is_left_out)
    u, i, stars = 1, 2, 4.5
    user, item = state.user[u].astype(float), state.item[i].astype(float)
    user_slope = numerical_gradient(lambda row: state.loss(u, i, stars, row, item), user)
    item_slope = numerical_gradient(lambda row: state.loss(u, i, stars, user, row), item)
    user_slope[1] = item_slope[0] = 0.0
    state.step([u], [i], [stars])
    np.testing.assert_allclose((state.user[u] - user) / RATE, -user_slope, atol=2e-5)
    np.testing.assert_allclose((state.item[i] - item) / RATE, -item_slope, atol=2e-5)


def test_steps_follow_one_another() -> None:
    together, one_by_one = State(1, True), State(1, True)
    users, items, stars = [0, 1, 0, 2, 0], [3, 3, 1, 0, 3], [1.0, 5.0, 2.5, 4.0, 0.5]
    total = together.step(users, items, stars)
    parts = [one_by_one.step([u], [i], [r]) for u, i, r in zip(users, items, stars, strict=True)]
    assert total == pytest.approx(sum(parts))
    np.testing.assert_array_equal(together.user, one_by_one.user)
    np.testing.assert_array_equal(together.item, one_by_one.item)


def test_rows_not_named_and_constant_columns_stay() -> None:
    state = State(2, False)
    before = state.user.copy(), state.item.copy()
    state.step([1, 1], [2, 0], [5.0, 0.5])
    np.testing.assert_array_equal(state.user[[0, 2]], before[0][[0, 2]])
    np.testing.assert_array_equal(state.item[[1, 3]], before[1][[1, 3]])
    assert (state.user[:, 1] == 1.0).all()
    assert (state.item[:, 0] == 1.0).all()


def test_an_error_of_nothing_moves_nothing_without_regularization() -> None:
    state = State(3, False)
    state.strength = tuple(np.zeros_like(part) for part in state.strength)
    before = state.user.copy()
    exact = MEAN + float(state.user[0] @ state.item[0])
    assert state.step([0], [0], [exact]) == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(state.user, before, atol=1e-6)


def test_gather_sums_what_each_row_lists() -> None:
    rng = np.random.default_rng(0)
    source = simd.zeros(5, WIDTH)
    source[:] = rng.standard_normal((5, WIDTH))
    starts, indices = np.array([0, 3, 3, 4]), np.array([4, 0, 4, 2], np.int32)
    out = simd.zeros(3, WIDTH)
    sgd.gather(starts, indices, source, out, 0, 3, shape_of(WIDTH))
    np.testing.assert_allclose(out[0], source[[4, 0, 4]].sum(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(out[1], 0.0)
    np.testing.assert_array_equal(out[2], source[2])


def test_rows_begin_on_cache_lines_and_have_whole_vectors() -> None:
    assert simd.zeros(7, 48).ctypes.data % 64 == 0
    assert [simd.padded(n) for n in (1, 16, 17, 64)] == [16, 16, 32, 64]
    for width in (0, 8, 17):
        with pytest.raises(ValueError, match="multiple"):
            shape_of(width)


def test_draws_follow_their_weights() -> None:
    weights = np.array([1.0, 0.0, 3.0, 6.0])
    keep, alias = sgd.alias_table(weights)
    rng = np.random.default_rng(0)
    slots = rng.integers(0, 4, 200_000)
    drawn = np.where(rng.random(slots.size) < keep[slots], slots, alias[slots])
    np.testing.assert_allclose(
        np.bincount(drawn, minlength=4) / slots.size, weights / 10, atol=5e-3
    )
