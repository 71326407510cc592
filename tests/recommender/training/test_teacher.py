"""What a refit learns from the raters of a data set weighs less as own ratings grow."""

from datetime import timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.model_room.figures_in_words import DATA
from recommender.training import refit
from recommender.training.snapshot import read_snapshot


@pytest.fixture
def own(two_tastes: list[Movie], alice: User) -> int:
    """The number of ratings of the one person who is not the teacher's."""
    User.objects.filter(pk=alice.pk).update(date_joined=timezone.now() - timedelta(days=30))
    for movie in two_tastes[:30]:
        Rating.objects.rate(alice, movie, 4)
    return Rating.objects.filter(user=alice).count()


def test_it_works(own: int, alice: User, staff_client: Client) -> None:
    n = Rating.objects.count()
    run = refit.refit(seed=1)
    assert run.is_active
    weight = round((1 + (n - own) / n) / 2, 2)
    assert {name: run.data[name] for name in run.data if name.startswith("teacher")} == {
        "teacher_ratings": n - own,
        "teacher_users": User.objects.filter(is_dataset_member=True).count(),
        "teacher_weight": weight,
    }
    page = staff_client.get(reverse("admin:recommender_trainingrun_change", args=[run.pk]))
    row = f"<tr><th>{DATA['teacher_weight'][0]}</th><td>{weight}</td>"
    assert row in page.content.decode()


def test_the_weight_is_that_of_the_teacher_alone(own: int, alice: User) -> None:
    ratings = read_snapshot().ratings
    assert ratings.weights is not None
    of_alice = ratings.user_ids[ratings.user_index] == alice.pk
    assert np.count_nonzero(of_alice) == own
    assert (ratings.weights[of_alice] == 1).all()
    assert 0.9 < ratings.weights[~of_alice].max() == ratings.weights[~of_alice].min() < 1


def test_the_operator_can_say_how_much(own: int, settings) -> None:
    settings.TEACHER_WEIGHT = 0.25
    snapshot = read_snapshot()
    assert set(snapshot.ratings.weights.tolist()) == {0.25, 1.0}
    assert snapshot.teacher.weight == 0.25
    settings.TEACHER_WEIGHT = 1.0
    assert read_snapshot().ratings.weights is None


def test_somebody_who_does_not_teach_is_not_counted(own: int, alice: User) -> None:
    alice.prefer(trains_model=False)
    snapshot = read_snapshot()
    assert snapshot.ratings.weights is None
    assert snapshot.teacher.weight == 1.0
    assert snapshot.teacher.n_ratings == len(snapshot.ratings)


def test_a_site_without_data_set(alice: User, bob: User, make_movie, make_rating) -> None:
    make_rating(alice, make_movie("First"), 5)
    make_rating(bob, make_movie("Second"), 4)
    snapshot = read_snapshot()
    assert snapshot.ratings.weights is None
    assert (snapshot.teacher.n_users, snapshot.teacher.weight) == (0, 1.0)
