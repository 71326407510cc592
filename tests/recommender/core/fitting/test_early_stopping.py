"""How many epochs and sweeps a fit takes, chosen on held-out ratings."""

import numpy as np

from recommender.core import Ratings, fit
from recommender.core.evaluation import splits
from recommender.core.fitting.early_stopping import choose_lengths
from recommender.core.fitting.engines import Local
from recommender.core.fitting.source import InMemory
from recommender.core.hyperparameters import Hyperparameters
from tests.recommender.core.conftest import SMALL, make_ratings


def test_learning_stops_where_held_out_ratings_stop_gaining() -> None:
    # Taste explains nothing here: everything after the first epochs is noise learned by heart.
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((150, 100)) < 0.5)
    stars = np.clip(np.round(2 * (3.5 + rng.standard_normal(users.size))) / 2, 0.5, 5.0)
    noise = Ratings.from_triples(users, items, stars, times=rng.permutation(users.size) * 1.0)
    p = Hyperparameters(n_factors=8, regularization=0.01, learning_rate=0.1, n_epochs=30)
    seen = []
    with Local(1) as engine:
        chosen = choose_lengths(InMemory(noise), p, 0, engine, seen.append)
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
