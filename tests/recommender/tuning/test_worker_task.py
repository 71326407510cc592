"""When the worker starts or resumes a search."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from recommender import tasks
from recommender.models import Evaluation, HyperparameterSearch, TrainingRun
from recommender.training import run_lock
from recommender.tuning import lifecycle, run


@pytest.fixture
def interval(settings: Any) -> None:
    settings.TUNE_INTERVAL = 30


@pytest.fixture
def a_month_later(db: None, interval: None) -> TrainingRun:
    """The first run is older than the interval, and evaluated; no other work is waiting."""
    now = timezone.now()
    training_run = TrainingRun.objects.create(
        state=TrainingRun.State.READY,
        is_active=True,
        created_at=now,
        finished_at=now - timedelta(days=31),
        rating_changes=500,
    )
    Evaluation.objects.create(
        run=training_run, protocol="temporal", state=Evaluation.State.FINISHED
    )
    return training_run


def test_a_search_is_due_after_the_interval(a_month_later: TrainingRun, settings: Any) -> None:
    assert lifecycle.is_due()
    settings.TUNE_INTERVAL = 60
    assert not lifecycle.is_due()
    settings.TUNE_INTERVAL = 0
    assert not lifecycle.is_due()


def test_no_search_is_due_on_a_new_site(a_month_later: TrainingRun) -> None:
    TrainingRun.objects.update(finished_at=timezone.now())
    assert not lifecycle.is_due()


def test_no_search_is_due_before_the_first_run(db: None, interval: None) -> None:
    assert not lifecycle.is_due()


def test_no_search_is_due_while_a_refit_is(a_month_later: TrainingRun) -> None:
    run_lock.request()
    assert not lifecycle.is_due()
    TrainingRun.objects.queued().update(state=TrainingRun.State.RUNNING)
    assert not lifecycle.is_due()


def test_an_evaluation_takes_precedence(a_month_later: TrainingRun) -> None:
    Evaluation.objects.all().delete()
    assert lifecycle.waiting_work() == "an evaluation is due"
    assert not lifecycle.is_due()


def test_no_search_is_due_if_few_ratings_have_changed(
    a_month_later: TrainingRun,
    finished_search: HyperparameterSearch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("movies.models.RatingChanges.total", lambda: 500)
    HyperparameterSearch.objects.update(
        started_at=timezone.now() - timedelta(days=31),
        rating_changes=500,
        data={"ratings": 1000},
    )
    assert not lifecycle.is_due()
    HyperparameterSearch.objects.update(rating_changes=500 - 60)
    assert lifecycle.is_due()


@pytest.mark.usefixtures("interval")
def test_the_worker_resumes_and_finishes_a_search(
    fitted: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    Evaluation.objects.create(run=fitted, protocol="temporal", state=Evaluation.State.FINISHED)
    monkeypatch.setattr(tasks, "run_search", partial(run.run_search, max_trials=2))
    lifecycle.pause(lifecycle.claim(300, new=False, seed=1), 0, "a refit is due")
    assert tasks.search_if_due()["state"] == "finished"
    assert HyperparameterSearch.objects.count() == 1
    assert tasks.search_if_due() == {"search": None}
