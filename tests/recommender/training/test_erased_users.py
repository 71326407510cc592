"""What a run says of users who erased their account after it learned from them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.account_deletion import erase
from accounts.models import User
from movies.models import Movie, Rating, RatingChanges
from recommender.models import TrainingRun, UserFactors
from recommender.training import refit
from recommender.training.erased_users import trace_of_erased

A_WHILE = timedelta(hours=1)


@pytest.fixture
def learner(even_fan: User, two_tastes: list[Movie]) -> User:
    """Alice, from whom the active run learned."""
    assert refit.refit(seed=7).state == TrainingRun.State.READY
    return even_fan


def active() -> TrainingRun:
    return TrainingRun.objects.get(is_active=True)


def test_it_works(learner: User, settings: object) -> None:
    settings.REFIT_MIN_CHANGES = 1000  # her seven ratings alone would not make a refit due
    assert UserFactors.objects.filter(user=learner).exists()
    erase(learner)
    assert not UserFactors.objects.filter(user=learner.pk).exists()
    assert "learned from 1 account that has since been erased" in trace_of_erased(active())
    assert "until the next refit, due on" in trace_of_erased(active())
    assert not refit.is_due(), "the interval holds"
    with time_machine.travel(timezone.now() + A_WHILE):
        assert refit.is_due()
        assert refit.refit_if_due().state == TrainingRun.State.READY
        assert trace_of_erased(active()) == ""
        assert not refit.is_due()


def test_kept_runs_say_so_until_their_rows_are_deleted(learner: User) -> None:
    first = active()
    refit.refit(seed=8)
    erase(learner)
    for _run in range(refit.RUNS_KEPT - 1):
        first.refresh_from_db()
        assert "until newer runs replace it" in trace_of_erased(first)
        refit.refit(seed=9)
    first.refresh_from_db()
    assert "no trace is left" in trace_of_erased(first)


def test_a_run_in_progress_may_have_read_the_ratings(learner: User) -> None:
    running = TrainingRun.objects.create(state="running", started_at=timezone.now())
    erase(learner)
    running.refresh_from_db()
    assert running.n_erased == 1


def test_somebody_it_never_learned_from_leaves_no_trace(learner: User, bob: User) -> None:
    bob.prefer(trains_model=False)
    Rating.objects.rate(bob, Movie.objects.first(), 4)
    erase(bob)
    assert trace_of_erased(active()) == ""


def test_a_rejected_refit_is_not_repeated_for_ever(learner: User, settings: object) -> None:
    settings.REFIT_MIN_CHANGES = 1000
    erase(learner)
    now = timezone.now()
    TrainingRun.objects.create(
        state="rejected", started_at=now, created_at=now, rating_changes=RatingChanges.total()
    )
    with time_machine.travel(now + A_WHILE):
        assert not refit.is_due()


def test_operators_see_it(learner: User, staff_client: Client) -> None:
    erase(learner)
    page = staff_client.get(f"/admin/recommender/trainingrun/{active().pk}/change/").content
    assert b"learned from 1 account that has since been erased" in page
