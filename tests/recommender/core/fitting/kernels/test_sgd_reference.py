"""The compiled SGD steps do the same as the plain ones, within the rounding of float32."""

import itertools

import numpy as np
import pytest

from recommender.core.fitting.kernels import sgd, sgd_reference, simd
from recommender.core.fitting.kernels.sgd import Decay, LeftOut, Negatives, RatingBatch, Targets
from recommender.core.fitting.kernels.sgd_reference import RatingState

N_USERS, N_ITEMS, K, WIDTH = 7, 9, 14, 16
MEAN, RATE = 3.4, 0.03
BIAS_SHARE = (0.2, 0.3)


def pairs_in_random_order(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three quarters of all pairs, so that most rows are stepped many times."""
    users, items = np.nonzero(rng.random((N_USERS, N_ITEMS)) < 0.75)
    order = rng.permutation(users.size)
    return users[order].astype(np.int32), items[order].astype(np.int32)


def rating_state(rng: np.random.Generator, is_left_out: bool) -> RatingState:
    def pair(*width: int) -> tuple[np.ndarray, np.ndarray]:
        return tuple(0.3 * rng.standard_normal((n, *width)) for n in (N_USERS, N_ITEMS))

    def positive(size: float) -> tuple[np.ndarray, np.ndarray]:
        return tuple(size * rng.random(n) for n in (N_USERS, N_ITEMS))

    weight = positive(0.5 if is_left_out else 0.0)
    return RatingState(
        MEAN, pair(), pair(K), pair(K), pair(K), weight, positive(RATE * 0.4), BIAS_SHARE
    )


def padded(vectors: np.ndarray, bias: np.ndarray | None = None, bias_column: int = 0) -> np.ndarray:
    """Rows as the kernels take them: two columns for biases, then the factors."""
    rows = simd.zeros(len(vectors), WIDTH)
    rows[:, 2:] = vectors
    if bias is not None:
        rows[:, bias_column], rows[:, 1 - bias_column] = bias, 1.0
    return rows


@pytest.mark.parametrize("is_left_out", [False, True])
def test_an_epoch_of_the_rating_block(is_left_out: bool) -> None:
    rng = np.random.default_rng(0)
    users, items = pairs_in_random_order(rng)
    stars = (rng.integers(1, 11, users.size) / 2).astype(np.float32)
    ratings = RatingBatch(users, items, stars)
    state = rating_state(rng, is_left_out)
    rows = [padded(state.factors[k], state.bias[k], k) for k in (0, 1)]
    implicit = [padded(vectors) for vectors in state.implicit]
    weights = [weight.astype(np.float32) for weight in state.weight]
    squares = sgd.rating_steps(
        ratings,
        *rows,
        tuple(padded(prior) for prior in state.priors),
        LeftOut(implicit[1], implicit[0], *weights) if is_left_out else None,
        Decay(*(decay.astype(np.float32) for decay in state.decay), np.float32(BIAS_SHARE)),
        MEAN,
        RATE,
        simd.shape_of(WIDTH),
    )
    assert squares == pytest.approx(sgd_reference.rating_epoch(state, ratings, RATE), rel=1e-5)
    for k in (0, 1):
        np.testing.assert_allclose(rows[k], padded(state.factors[k], state.bias[k], k), atol=5e-6)


@pytest.mark.parametrize("block", [(0, N_ITEMS), (3, 7)])
def test_an_epoch_of_the_interest_block(block: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    users, items = pairs_in_random_order(rng)
    users[users == 2] = 3  # somebody without ratings, for whom negatives are drawn all the same
    starts, order = sgd.group(users, N_USERS)
    targets = rng.uniform(-1, 2, users.size).astype(np.float32)
    positives = Targets(starts, items[order], targets)
    in_order = [np.sort(positives.items[a:z]) for a, z in itertools.pairwise(starts)]
    positives = positives._replace(items=np.concatenate(in_order))
    first, last = block
    keep, alias = sgd.alias_table(rng.random(last - first))
    is_rated = np.zeros(last - first, np.bool_)
    negatives = Negatives(keep, alias, is_rated, 8.3 * np.diff(starts) + 1.5)
    vectors = tuple(0.3 * rng.standard_normal((n, WIDTH)) for n in (N_USERS, last - first))
    rows = [simd.zeros(*part.shape) for part in vectors]
    for row, part in zip(rows, vectors, strict=True):
        row[:] = part
    asked = rng.permutation(N_USERS), positives, block, negatives
    mean_user = simd.zeros(1, WIDTH)
    mean_user[:] = 0.1 * rng.standard_normal(WIDTH)
    numbers = 0.05, 0.05 * 0.02
    squares = sgd.interest_steps(*asked, *rows, *numbers, mean_user, 12345, simd.shape_of(WIDTH))
    assert squares == pytest.approx(
        sgd_reference.interest_epoch(*asked, vectors, *numbers, mean_user[0], 12345), rel=1e-5
    )
    for row, part in zip(rows, vectors, strict=True):
        np.testing.assert_allclose(row, part, atol=5e-6)
    assert not negatives.is_rated.any()
