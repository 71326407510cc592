"""A refit: what it stores, keeps and deletes."""

import numpy as np
import pytest

from accounts.models import User
from movies.models import Movie, Rating
from recommender import store
from recommender.models import MovieFactors, TrainingRun, UserFactors
from recommender.training import refit

State = TrainingRun.State


def factor_rows(run: TrainingRun) -> list[tuple]:
    """The stored factors of a run, comparable between runs."""
    movies = MovieFactors.objects.filter(run=run).order_by("movie_id")
    users = UserFactors.objects.filter(run=run).order_by("user_id")
    return [
        *((row.movie_id, row.bias, bytes(row.vector), bytes(row.interest)) for row in movies),
        *((row.user_id, row.bias, bytes(row.vector), row.n_ratings) for row in users),
    ]


def test_it_works(two_tastes: list[Movie]) -> None:
    run = refit.refit(seed=7)

    assert run.state == State.READY
    assert run.is_active
    assert run.seed == 7
    assert run.data["ratings"] == Rating.objects.count()
    assert run.metrics["rmse"] is None or run.metrics["rmse"] < run.metrics["bias_rmse"]
    assert MovieFactors.objects.filter(run=run).count() == len(two_tastes)
    assert UserFactors.objects.filter(run=run).count() == User.objects.count()
    assert {point["block"] for point in run.curve} == {"rating", "interest"}
    rating_curve = [
        point["train_rmse"]
        for point in run.curve
        if point["block"] == "rating" and point["phase"] == "learning from all ratings"
    ]
    assert rating_curve[-1] < rating_curve[0]


def test_the_same_seed_gives_the_same_rows(two_tastes: list[Movie]) -> None:
    first, second, other = (refit.refit(seed=seed) for seed in (7, 7, 8))
    assert factor_rows(first) == factor_rows(second)
    assert factor_rows(first) != factor_rows(other)


def test_the_stored_movie_factors_are_the_fitted_ones(fitted: TrainingRun) -> None:
    loaded = store.load_items(TrainingRun.objects.get(pk=fitted.pk))
    row = MovieFactors.objects.filter(run=fitted).order_by("movie_id").first()
    np.testing.assert_array_equal(loaded.vectors[0], np.frombuffer(row.vector, "<f4"))
    assert loaded.item_ids[0] == row.movie_id
    assert np.isfinite(loaded.ranking).all()


def test_it_keeps_three_runs(two_tastes: list[Movie]) -> None:
    runs = [refit.refit(seed=seed) for seed in range(5)]
    assert [store.has_rows(run) for run in runs] == [False, False, True, True, True]
    assert TrainingRun.objects.count() == 5
    assert TrainingRun.objects.active() == runs[-1]


def test_a_site_without_ratings_is_rejected(db: None) -> None:
    run = refit.refit(seed=1)
    assert run.state == State.REJECTED
    assert "no ratings" in run.reason
    assert TrainingRun.objects.active() is None


def test_two_users_and_three_ratings_are_enough(
    alice: User, bob: User, make_movie, make_rating
) -> None:
    first, second = make_movie("First"), make_movie("Second")
    make_rating(alice, first, 5)
    make_rating(alice, second, 3)
    make_rating(bob, first, 4)
    run = refit.refit(seed=1)
    assert run.state == State.READY, run.reason


def test_a_failing_fit_leaves_the_old_run_serving_and_no_rows(
    fitted: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise store.StoredRunDiffers("the row for 1 was stored differently")

    monkeypatch.setattr(store, "verify", broken)
    run = refit.refit(seed=9)
    assert run.state == State.FAILED
    assert "stored differently" in run.reason
    assert not store.has_rows(run)
    assert TrainingRun.objects.active() == fitted


def test_verification_detects_one_flipped_bit(
    fitted: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = store.write

    def write_and_damage(run: TrainingRun, *args: object, **how: bool) -> None:
        write(run, *args, **how)
        row = MovieFactors.objects.filter(run=run).last()
        row.vector = bytes([row.vector[0] ^ 1]) + bytes(row.vector[1:])
        row.save()

    monkeypatch.setattr(store, "write", write_and_damage)
    run = refit.refit(seed=9)
    assert run.state == State.FAILED
    assert "stored differently" in run.reason


def test_a_movie_or_user_deleted_while_a_run_is_stored_leaves_no_row(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    movie, person = two_tastes[3], User.objects.get(username="set:5")
    movie_id, person_id = movie.pk, person.pk
    write = store.write

    def delete_then_write(run: TrainingRun, *args: object, **how: bool) -> None:
        movie.delete()
        person.delete()
        write(run, *args, **how)

    monkeypatch.setattr(store, "write", delete_then_write)
    run = refit.refit(seed=7)
    assert run.state == State.READY, run.reason
    assert not MovieFactors.objects.filter(movie_id=movie_id).exists()
    assert not UserFactors.objects.filter(user_id=person_id).exists()


def test_a_deleted_user_is_gone_from_all_kept_runs(two_tastes: list[Movie]) -> None:
    refit.refit(seed=1)
    refit.refit(seed=2)
    person = User.objects.get(username="set:5")
    person_id = person.pk
    assert UserFactors.objects.filter(user_id=person_id).count() == 2
    person.delete()
    assert not UserFactors.objects.filter(user_id=person_id).exists()
