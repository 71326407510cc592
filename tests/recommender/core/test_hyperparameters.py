"""Defaults that follow from the data, and values that do not."""

import dataclasses

import numpy as np

from recommender.core import Hyperparameters, Ratings, fit
from recommender.core.fitting.early_stopping import choose_lengths
from recommender.core.fitting.engines import Local
from recommender.core.fitting.source import InMemory
from recommender.core.hyperparameters import LARGE
from tests.recommender.core.conftest import SMALL, make_ratings


def so_many(n_users: int, per_user: int) -> Ratings:
    users = np.repeat(np.arange(n_users, dtype=np.int32), per_user)
    items = np.tile(np.arange(per_user, dtype=np.int32), n_users)
    stars = np.full(users.size, 3.5, np.float32)
    return Ratings(np.arange(n_users), np.arange(per_user), users, items, stars)


def counts(n_users: int, per_user: int) -> np.ndarray:
    return np.full(n_users, per_user)


def test_few_ratings_a_user_are_held_back_more() -> None:
    sparse, dense = (Hyperparameters().for_counts(counts(50, n)) for n in (8, 200))
    assert dense.interest_regularization == 0.02
    assert 2 * dense.interest_regularization < sparse.interest_regularization < 0.06


def test_many_ratings_take_fewer_steps_each() -> None:
    large, small = so_many(5_000, 9 * LARGE // 5_000), counts(50, 8)
    asked = Hyperparameters().for_counts(counts(5_000, 9 * LARGE // 5_000))
    assert asked.implicit_iterations < Hyperparameters().for_counts(small).implicit_iterations
    assert asked.interest_negatives < Hyperparameters().for_counts(small).interest_negatives
    with Local(1) as engine:
        chosen = choose_lengths(InMemory(large), asked, 0, engine, lambda epoch: None)
    assert (chosen.n_epochs, chosen.n_sweeps) == (4, 1)


def test_what_is_given_is_used_and_what_was_used_is_stored() -> None:
    given = dataclasses.replace(SMALL, interest_regularization=0.5, interest_negatives=0)
    stored = fit(make_ratings(n_users=20), given).items.hyperparameters
    assert (stored.interest_regularization, stored.interest_negatives) == (0.5, 0)
    assert stored.implicit_iterations == 3
    assert Hyperparameters.from_dict(stored.to_dict()) == stored
