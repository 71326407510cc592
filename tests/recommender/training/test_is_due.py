"""When a refit is due: decided by what changed since the last run that was fitted."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating, RatingChanges
from recommender.models import TrainingRun
from recommender.training import refit, run_lock

State = TrainingRun.State


@pytest.fixture(autouse=True)
def a_run_of_yesterday(two_tastes: list[Movie]) -> None:
    """It has seen all ratings."""
    TrainingRun.objects.create(
        state=State.READY,
        is_active=True,
        created_at=timezone.now() - timedelta(days=1),
        rating_changes=RatingChanges.total(),
    )


def test_it_works(alice: User, two_tastes: list[Movie]) -> None:
    assert not refit.is_due()
    Rating.objects.rate(alice, two_tastes[0], 4)
    assert refit.is_due()


def test_a_changed_rating_counts() -> None:
    rating = Rating.objects.first()
    Rating.objects.rate(rating.user, rating.movie, 5.5 - rating.stars)
    assert refit.is_due()


def test_a_removed_rating_counts() -> None:
    Rating.objects.first().delete()
    assert refit.is_due()


def test_the_same_rating_again_does_not_count() -> None:
    rating = Rating.objects.first()
    Rating.objects.rate(rating.user, rating.movie, rating.stars)
    assert not refit.is_due()


def test_opting_out_counts() -> None:
    User.objects.filter(username="set:1").update(trains_model=False)
    assert refit.is_due()


def test_not_before_the_interval_is_over(alice: User, two_tastes: list[Movie]) -> None:
    Rating.objects.rate(alice, two_tastes[0], 4)
    almost = timezone.now() - timedelta(seconds=settings.REFIT_INTERVAL - 5)
    TrainingRun.objects.update(created_at=almost)
    assert not refit.is_due()


def test_at_once_when_somebody_asks() -> None:
    TrainingRun.objects.update(created_at=timezone.now())
    assert run_lock.request() == run_lock.request()
    assert refit.is_due()
    run = refit.refit_if_due()
    assert run.state == State.READY
    assert not refit.is_due()


def test_a_failed_run_is_tried_again_at_once_but_not_for_ever(
    alice: User, two_tastes: list[Movie]
) -> None:
    Rating.objects.rate(alice, two_tastes[0], 4)
    for _ in range(refit.ATTEMPTS):
        assert refit.is_due()
        TrainingRun.objects.create(state=State.FAILED)
    assert not refit.is_due()
    TrainingRun.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert refit.is_due()
