"""The signals against hand-worked values, and on profiles of an attack."""

import numpy as np
import pytest

from recommender.core import Ratings
from recommender.core.fake_profiles import signals
from recommender.core.fake_profiles.attacks import attacked
from recommender.core.fake_profiles.signals import FEWEST, Signals, principal_share, rdma
from tests.recommender.core.fake_profiles.crowd import crowd

# Ann and Ben agree on the first two; Cem rates the first against them, and the third alone.
WHO = {
    "user_ids": [1, 1, 2, 2, 3, 3],
    "item_ids": [10, 20, 10, 20, 10, 30],
    "stars": [5.0, 3.0, 4.0, 3.0, 1.5, 4.0],
}


def test_rdma() -> None:
    # Means 3.5 (of 3), 3 (of 2), 4 (of 1):
    # Ann (1.5/3 + 0/2) / 2, Ben (.5/3 + 0) / 2, Cem (2/3 + 0/1) / 2.
    np.testing.assert_allclose(rdma(Ratings.from_triples(**WHO)), [1 / 4, 1 / 12, 1 / 3])


def test_principal_share_is_that_of_the_singular_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "ROUNDS", 300)
    ratings = crowd(12, 20, seed=2)
    dense = np.zeros((ratings.n_users, ratings.n_items))
    for user in range(ratings.n_users):
        own = ratings.user_index == user
        stars = ratings.stars[own].astype(np.float64)
        dense[user, ratings.item_index[own]] = (stars - stars.mean()) / stars.std()
    left = np.linalg.svd(dense)[0][:, :3]
    expected = np.square(left).sum(axis=1) / np.bincount(ratings.user_index)
    np.testing.assert_allclose(principal_share(ratings), expected, rtol=1e-4)


def test_nobody_with_few_ratings_or_none_is_suspicious() -> None:
    ratings = crowd(60, 40, seed=1)
    without_the_first = ratings.take(ratings.user_index > 0)
    suspicion = Signals.of(without_the_first).suspicion
    counts = np.bincount(without_the_first.user_index, minlength=60)
    assert ((counts > 0) & (counts < FEWEST)).any()
    assert (suspicion[counts < FEWEST] == -np.inf).all()
    assert np.isfinite(suspicion[counts >= FEWEST]).all()


def test_equal_stars_are_no_error() -> None:
    alike = Ratings.from_triples(np.repeat([1, 2], 12), [*range(12)] * 2, [5.0] * 24)
    assert not np.isnan(Signals.of(alike).suspicion).any()


@pytest.mark.parametrize("attack", ["average", "random", "bandwagon"])
def test_most_fakes_are_among_the_first(attack) -> None:
    ratings = crowd(300, 400, seed=3)
    target = int(np.argmin(np.abs(np.bincount(ratings.item_index) - 8)))
    together, fakes = attacked(ratings, attack, target, 15, seed=4, whole_stars=False)
    first = np.argsort(-Signals.of(together).suspicion, kind="stable")[:30]
    assert np.isin(together.user_ids[first], fakes).sum() >= 0.8 * 15


def test_no_ratings_are_no_error() -> None:
    assert not Signals.of(Ratings.from_triples([], [], [])).most_suspicious().size
