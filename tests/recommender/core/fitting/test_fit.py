"""`fit`: what it learns, what it refuses, and that it always gives the same bytes."""

import dataclasses

import numpy as np
import pytest

from recommender.core import FitDiverged, Ratings, fit
from tests.recommender.core.conftest import SMALL, make_ratings


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


@pytest.fixture
def four_parts(monkeypatch):
    """So small that the little data set is cut into several parts, cells and pieces."""
    from recommender.core.fitting import threads
    from recommender.core.fitting.parts import partition

    monkeypatch.setattr(partition, "PARTS_FROM", ((0, 4),))
    monkeypatch.setattr(partition, "CACHE_BYTES", 500)
    monkeypatch.setattr(threads, "RATINGS_PER_PIECE", 100)


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(four_parts):
    ratings = make_ratings()
    weights = np.linspace(0.2, 1.0, len(ratings), dtype=np.float32)
    ratings = dataclasses.replace(ratings, weights=weights)
    fits = [fit(ratings, SMALL, seed=5, n_threads=n) for n in (1, 2, 3, 8)]
    for arrays in zip(*map(arrays_of, fits), strict=True):
        assert len({array.tobytes() for array in arrays}) == 1


def test_parts_in_files_give_the_same_bytes(four_parts, monkeypatch):
    from recommender.core.fitting.parts import parted_ratings

    ratings = make_ratings()
    in_memory = fit(ratings, SMALL, seed=5)
    monkeypatch.setattr(parted_ratings, "MAPPED_FROM", 0)
    for first, second in zip(
        *map(arrays_of, (in_memory, fit(ratings, SMALL, seed=5))), strict=True
    ):
        assert first.tobytes() == second.tobytes()


def test_parts_learn_as_well_as_the_whole(ratings, fitted, four_parts):
    users, items = ratings.user_ids[ratings.user_index], ratings.item_ids[ratings.item_index]
    errors = [
        np.sqrt(np.mean((factors.predict(users, items) - ratings.stars) ** 2))
        for factors in (fit(ratings, SMALL, seed=1), fitted)
    ]
    assert errors[0] <= errors[1] + 0.02


def test_finished_rows_of_users_are_handed_over_part_by_part(four_parts, ratings):
    seen = []
    factors = fit(ratings, SMALL, on_users=seen.append, n_threads=1)
    assert len(seen) == 4
    assert np.array_equal(np.concatenate([rows.user_ids for rows in seen]), factors.user_ids)
    assert np.array_equal(np.concatenate([rows.vectors for rows in seen]), factors.user_factors)
    n_ratings = np.concatenate([rows.n_ratings for rows in seen])
    assert np.array_equal(n_ratings, np.bincount(ratings.user_index))


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
