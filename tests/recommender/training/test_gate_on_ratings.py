"""The gate on ratings of small sites: what is learned from, what is noise, what went wrong."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender import store
from recommender.core import Hyperparameters, fit
from recommender.models import TrainingRun
from recommender.training import refit
from recommender.training.snapshot import read_snapshot
from tests.recommender.small_world import liking

State = TrainingRun.State


@pytest.fixture
def make_new_fans(two_tastes: list[Movie]) -> Callable[[int], None]:
    """People who come after the live run, and like the even movies or the odd ones."""

    def make(n: int) -> None:
        draw = random.Random(5)
        joined = timezone.now() - timedelta(days=60)
        people = User.objects.bulk_create(
            User(username=f"new{k}", date_joined=joined) for k in range(n)
        )
        Rating.objects.bulk_create(
            Rating(user=user, movie=movie, half_stars=draw.choice(liking(k, number)))
            for k, user in enumerate(people)
            for number, movie in enumerate(two_tastes)
            if draw.random() < 0.75
        )

    return make


def give(half_stars: list[int]) -> None:
    ratings = list(Rating.objects.order_by("pk"))
    for rating, value in zip(ratings, half_stars, strict=True):
        rating.half_stars = value
    Rating.objects.bulk_update(ratings, ["half_stars"], batch_size=500)


def test_shuffled_stars_are_no_first_model(two_tastes: list[Movie]) -> None:
    stars = Rating.objects.order_by("pk").values_list("half_stars", flat=True)
    give(np.random.default_rng(3).permutation(stars).tolist())
    run = refit.refit(seed=1)
    assert run.state == State.REJECTED
    assert "no better than averages alone" in run.reason
    assert run.metrics["gain"] < -run.metrics["gain_error"] < 0
    assert TrainingRun.objects.active() is None


def test_likes_alone_get_a_model(two_tastes: list[Movie]) -> None:
    Rating.objects.exclude(half_stars__gte=8).delete()
    Rating.objects.update(half_stars=10)
    run = refit.refit(seed=1)
    assert run.state == State.READY, run.reason
    assert "gain" not in run.metrics
    assert run.metrics["ndcg_gain"] > 0


def test_a_fit_that_diverges_is_recorded_with_its_reason(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    p = Hyperparameters()
    far_too_fast = replace(
        p,
        learning_rate=1000 * p.learning_rate,
        interest_learning_rate=1000 * p.interest_learning_rate,
    )
    monkeypatch.setattr(refit, "current_hyperparameters", lambda: far_too_fast)
    run = refit.refit(seed=1)
    assert run.state == State.REJECTED
    assert "diverged at learning rate 80, and at all down to 10" in run.reason
    assert run.curve
    assert {point["train_rmse"] for point in run.curve} == {None}


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_a_fit_that_was_too_fast_begins_again_slower(two_tastes: list[Movie], rate: float) -> None:
    factors = fit(read_snapshot().ratings, Hyperparameters(learning_rate=rate), seed=1)
    assert np.isfinite(factors.items.ranking).all()


def test_the_live_run_is_asked_about_what_it_did_not_learn_from(
    fitted: TrainingRun, two_tastes: list[Movie], make_new_fans
) -> None:
    make_new_fans(20)
    run = refit.refit(seed=2)
    assert run.state == State.READY, run.reason
    new = Rating.objects.filter(user__username__startswith="new").count()
    assert 100 < run.metrics["n_compared"] <= new
    assert abs(run.metrics["compared_rmse"] - run.metrics["active_rmse"]) < 0.3


def test_a_live_run_that_predicts_the_opposite_does_not_hold_up_a_good_one(
    fitted: TrainingRun, two_tastes: list[Movie], make_new_fans
) -> None:
    """Harder ratings than those the live run was measured on are no reason to reject."""
    TrainingRun.objects.filter(pk=fitted.pk).update(metrics={"rmse": 0.01, "bias_rmse": 2.0})
    make_new_fans(20)
    assert refit.refit(seed=2).state == State.READY


def test_a_fit_far_worse_than_the_live_run_is_rejected(
    fitted: TrainingRun, make_new_fans, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_new_fans(20)
    timid = Hyperparameters(strength=500.0, n_sweeps=0)
    monkeypatch.setattr(refit, "current_hyperparameters", lambda: timid)
    run = refit.refit(seed=2)
    assert "ratings that are new to both" in run.reason, run.metrics
    assert TrainingRun.objects.active() == fitted


def test_a_run_of_erased_people_is_no_measure(fitted: TrainingRun, make_new_fans) -> None:
    make_new_fans(20)
    TrainingRun.objects.update(n_erased=F("n_erased") + 1)
    run = refit.refit(seed=2)
    assert run.state == State.READY, run.reason
    assert "n_compared" not in run.metrics


def test_a_live_run_without_rows_is_no_measure(fitted: TrainingRun, make_new_fans) -> None:
    make_new_fans(20)
    store.delete(fitted)
    assert "n_compared" not in refit.refit(seed=2).metrics


def test_a_handful_of_ratings_is_not_measured(alice, make_movie, make_rating) -> None:
    make_rating(alice, make_movie("First"), 5)
    assert refit.refit(seed=1).metrics == {"rmse": None, "n_held_out": 0}
