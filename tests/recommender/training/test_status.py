"""Progress of the refit, shown to users who wait for their first list."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from movies.models import Movie
from recommender.models import TrainingRun
from recommender.training.status import PHASES, current_refit
from tests.admin.conftest import make_run

__all__ = ["make_run"]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def running(db: None) -> TrainingRun:
    now = timezone.now()
    return TrainingRun.objects.create(
        state=TrainingRun.State.RUNNING,
        started_at=now - timedelta(minutes=2),
        heartbeat_at=now,
        phase="learning from all ratings",
        done=6,
        total=12,
    )


def test_it_works(
    alices_client: Client, make_movie: Callable[..., Movie], running: TrainingRun
) -> None:
    make_movie()
    page = alices_client.get("/").content.decode()
    assert "Learning from ratings</h2>" in page
    assert "Learning from all ratings" in page
    assert re.search(r'<progress max="100" value="69"', page)
    assert "About a minute left" in page
    assert 'hx-trigger="every 2s"' in page


def test_it_advances_and_then_reloads_the_page(
    client: Client, running: TrainingRun, make_run: Callable[..., TrainingRun]
) -> None:
    running.done = 12
    running.save()
    assert 'value="90"' in client.get("/learning/", headers=HTMX).content.decode()
    running.delete()
    make_run(is_active=True)
    assert client.get("/learning/", headers=HTMX)["HX-Refresh"] == "true"


def test_without_a_refit_it_says_that_there_is_no_list_yet(
    alices_client: Client, make_movie: Callable[..., Movie]
) -> None:
    make_movie()
    page = alices_client.get("/").content.decode()
    assert "No list yet" in page
    assert 'hx-trigger="every 15s"' in page


def test_a_run_whose_process_died_shows_no_progress(running: TrainingRun) -> None:
    old = timezone.now() - timedelta(hours=2)
    TrainingRun.objects.filter(pk=running.pk).update(heartbeat_at=old)
    assert current_refit() is None


def test_progress_never_decreases(running: TrainingRun) -> None:
    shares = []
    for phase in PHASES:
        for done in (0, 3, 5):
            TrainingRun.objects.filter(pk=running.pk).update(phase=phase, done=done, total=5)
            shares.append(current_refit().share)
    assert shares == sorted(shares)
    assert shares[-1] < 1


def test_the_phases_are_those_of_a_refit(two_tastes: list[Movie], monkeypatch: object) -> None:
    from recommender.training import refit
    from recommender.training.progress import Progress

    seen = []
    was = Progress.phase
    monkeypatch.setattr(
        Progress, "phase", lambda self, name, total=0: (seen.append(name), was(self, name, total))
    )
    refit.refit(seed=1)
    assert seen == list(PHASES)
