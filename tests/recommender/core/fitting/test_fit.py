"""`fit`: what it learns, what it refuses, and that it always gives the same bytes."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest

from recommender.core import FitDiverged, Hyperparameters, Ratings, fit, recommend
from tests.recommender.core.conftest import SMALL, make_checkerboard, make_ratings


def arrays_of(factors):
    items = factors.items
    return [
        *(items.bias, items.vectors, items.implicit, items.interest, items.variance),
        *(factors.user_bias, factors.user_factors, factors.user_implicit, factors.user_interest),
    ]


def test_it_works(fitted, ratings):
    predicted = fitted.predict(
        ratings.user_ids[ratings.user_index], ratings.item_ids[ratings.item_index]
    )
    spread = ratings.stars.std()
    assert predicted.dtype == np.float32
    assert np.sqrt(np.mean((predicted - ratings.stars) ** 2)) < 0.6 * spread


def test_the_loss_falls(fitted):
    losses = [epoch.train_rmse for epoch in fitted.curve if epoch.block == "rating"]
    assert losses[-1] < losses[4] < losses[0]


def test_checkerboard_puts_the_withheld_item_first():
    board = make_checkerboard()
    factors = fit(board, Hyperparameters(n_factors=8, interest_factors=8, interest_user_ridge=1.0))
    for user in range(40):
        items, _ = recommend(factors, user, n=3)
        assert items[0] == user


def test_recommend_leaves_out_what_was_rated(fitted, ratings):
    user_id = int(ratings.user_ids[0])
    rated = set(ratings.item_ids[ratings.item_index[ratings.user_index == 0]].tolist())
    items, scores = recommend(fitted, user_id, n=1000)
    assert rated.isdisjoint(items.tolist())
    assert len(items) == ratings.n_items - len(rated)
    assert np.all(np.diff(scores) <= 0)


def test_an_unknown_person_gets_the_mean_persons_list(fitted):
    items, scores = recommend(fitted, -1, n=5)
    assert len(items) == 5
    assert np.isfinite(scores).all()


def test_unknown_users_and_items_fall_back(fitted):
    items = fitted.items
    nobody, nothing = fitted.predict([-1, -1], [int(items.item_ids[2]), -1])
    assert nobody == pytest.approx(
        items.global_mean
        + items.mean_user_bias
        + items.bias[2]
        + items.mean_user_vector @ items.vectors[2],
        abs=1e-5,
    )
    assert nothing == pytest.approx(items.global_mean + items.mean_user_bias, abs=1e-5)
    known = fitted.predict([int(fitted.user_ids[0])], [-1])[0]
    assert known == pytest.approx(items.global_mean + fitted.user_bias[0], abs=1e-5)


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(monkeypatch):
    from recommender.core.fitting import partition, threads

    # So small that the little data set is cut into several blocks and pieces.
    monkeypatch.setattr(partition, "FEWEST_BLOCKS", ((0, 4),))
    monkeypatch.setattr(threads, "RATINGS_PER_PIECE", 100)
    ratings = make_ratings()
    assert partition.n_blocks(ratings, 16) == 4
    one, two, three = (fit(ratings, SMALL, seed=5, n_threads=n) for n in (1, 2, 3))
    for first, second, third in zip(*map(arrays_of, (one, two, three)), strict=True):
        assert first.tobytes() == second.tobytes() == third.tobytes()


def test_another_seed_gives_other_factors(fitted, ratings):
    other = fit(ratings, SMALL, seed=2)
    assert not np.array_equal(other.items.vectors, fitted.items.vectors)


@pytest.mark.parametrize("learning_rate", [0.2, 0.5, 1.0, 50.0])
def test_a_learning_rate_too_high_never_leaves_factors_that_are_not_finite(ratings, learning_rate):
    settings = dataclasses.replace(SMALL, learning_rate=learning_rate)
    try:
        factors = fit(ratings, settings)
    except FitDiverged:
        return
    assert all(np.isfinite(array).all() for array in arrays_of(factors))


@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e6, -3.0, 0.0])
def test_poisoned_ratings_are_refused(ratings, poison):
    stars = ratings.stars.copy()
    stars[7] = poison
    with pytest.raises(ValueError, match="stars"):
        fit(dataclasses.replace(ratings, stars=stars), SMALL)


def test_no_ratings_are_refused():
    with pytest.raises(ValueError, match="no ratings"):
        fit(Ratings.from_triples([], [], []), SMALL)


def test_progress_is_reported_after_every_epoch(ratings):
    seen = []
    factors = fit(ratings, SMALL, on_epoch=seen.append)
    assert tuple(seen) == factors.curve
    assert [epoch.epoch for epoch in seen if epoch.block == "rating"] == list(
        range(1, SMALL.n_epochs + 1)
    )
    assert {epoch.block for epoch in seen} == {"rating", "interest"}


def test_what_on_epoch_raises_ends_the_fit(ratings):
    class Cancelled(Exception):
        pass

    def cancel(epoch):
        if epoch.epoch == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit(ratings, SMALL, on_epoch=cancel)


def test_validation_ratings_are_measured_and_not_learned_from(ratings):
    rows = np.arange(len(ratings))
    train, held_out = ratings.take(rows % 5 > 0), ratings.take(rows % 5 == 0)
    with_validation = fit(train, SMALL, validation=held_out)
    without = fit(train, SMALL)
    assert all(e.validation_rmse is not None for e in with_validation.curve if e.block == "rating")
    for first, second in zip(*map(arrays_of, (with_validation, without)), strict=True):
        assert first.tobytes() == second.tobytes()


def test_people_and_items_without_ratings_are_fine(ratings):
    nobody = ratings.take(ratings.user_index != 4)
    nothing = nobody.take(nobody.item_index != 6)
    factors = fit(nothing, SMALL)
    assert all(np.isfinite(array).all() for array in arrays_of(factors))
    assert np.array_equal(factors.user_factors[4], factors.items.mean_user_vector)


def test_one_rating_is_enough_to_get_an_answer():
    factors = fit(Ratings.from_triples([5], [9], [4.0]), SMALL)
    assert np.isfinite(factors.predict([5], [9])).all()


def test_unrated_items_get_a_place_from_their_genres():
    ratings = make_ratings()
    genres = np.zeros((ratings.n_items, 2), np.float32)
    genres[np.arange(ratings.n_items), np.arange(ratings.n_items) % 2] = 1
    new = ratings.take(ratings.item_index > 1)
    factors = fit(new, SMALL, item_genres=genres)
    assert np.abs(factors.items.vectors[0]).max() > 0
    assert not np.array_equal(factors.items.vectors[0], factors.items.vectors[1])
    assert np.isfinite(factors.items.interest).all()


def test_a_warm_start_takes_fewer_epochs_and_fits_as_well(fitted, ratings):
    warm = fit(ratings, SMALL, seed=9, warm_start=fitted)
    assert sum(epoch.block == "rating" for epoch in warm.curve) == SMALL.warm_epochs
    users, items = ratings.user_ids[ratings.user_index], ratings.item_ids[ratings.item_index]
    errors = [
        np.sqrt(np.mean((factors.predict(users, items) - ratings.stars) ** 2))
        for factors in (warm, fitted)
    ]
    assert errors[0] <= errors[1] + 0.02


def test_serving_never_loads_numba():
    code = (
        "import sys, numpy as np\n"
        "from recommender.core import (ItemFactors, fold_in, score_items, top_n, explain,\n"
        "    Hyperparameters, similar_items)\n"
        "f = lambda *s: np.ones(s, np.float32)\n"
        "p = Hyperparameters(n_factors=2, interest_factors=2)\n"
        "items = ItemFactors(3.5, np.arange(4), np.ones(4, np.int32), f(4), f(4, 2), f(4, 2),\n"
        "    f(4, 2), f(4, 2), 0.0, f(2), f(2), 0.7, 20.0, 5.0, p)\n"
        "user = fold_in(items, [0, 1], [4.0, 5.0])\n"
        "top_n(score_items(items, user), 2)\n"
        "explain(items, [0, 1], [4.0, 5.0], 2); similar_items(items, 0, 2)\n"
        "assert 'numba' not in sys.modules and 'django' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=os.getcwd(), timeout=60)
