"""One refit at a time, and a lock that does not outlive its process."""

import os
import subprocess
import sys
from datetime import timedelta

import psutil
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cfsite.lib.queue import worker_claims
from movies.models import Movie
from recommender.models import TrainingRun
from recommender.training import refit, run_lock

State = TrainingRun.State


def test_it_works(db: None) -> None:
    run = run_lock.claim()
    assert run.state == State.RUNNING
    with pytest.raises(run_lock.AlreadyRunning):
        run_lock.claim()


def test_the_lock_takes_the_queued_run(db: None) -> None:
    asked = run_lock.request()
    assert run_lock.claim() == asked
    assert not TrainingRun.objects.queued().exists()


def test_the_database_allows_one_running_run(db: None) -> None:
    TrainingRun.objects.create(state=State.RUNNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRun.objects.create(state=State.RUNNING)


def test_the_database_allows_one_active_run_and_only_a_ready_one(db: None) -> None:
    TrainingRun.objects.create(state=State.READY, is_active=True)
    for state in (State.READY, State.FAILED):
        with pytest.raises(IntegrityError), transaction.atomic():
            TrainingRun.objects.create(state=state, is_active=True)


def test_a_silent_run_is_given_up(db: None) -> None:
    run = run_lock.claim()
    TrainingRun.objects.update(heartbeat_at=timezone.now() - worker_claims.SILENCE)
    assert run_lock.release_dead() == 1
    run.refresh_from_db()
    assert run.state == State.FAILED


def test_a_living_run_is_left_alone(db: None) -> None:
    run_lock.claim()
    assert run_lock.release_dead() == 0


def test_a_run_on_another_machine_is_given_up_only_when_silent(db: None) -> None:
    run_lock.claim()
    TrainingRun.objects.update(worker="elsewhere 1 1")
    assert run_lock.release_dead() == 0


@pytest.fixture
def gone_process() -> str:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = worker_claims._process(process.pid)
    process.communicate(b"\n")
    return name


def test_the_run_of_a_dead_process_is_given_up_at_once(db: None, gone_process: str) -> None:
    run = run_lock.claim()
    TrainingRun.objects.update(worker=f"{run.worker.split()[0]} {gone_process}")
    assert run_lock.release_dead() == 1


def test_a_reused_process_id_is_another_process(db: None) -> None:
    run = run_lock.claim()
    host = run.worker.split()[0]
    TrainingRun.objects.update(worker=f"{host} {os.getpid()} 12345")
    assert run_lock.release_dead() == 1


def test_a_run_given_up_meanwhile_is_not_activated(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = refit._finish

    def given_up_then_finish(run: TrainingRun, progress: object) -> None:
        past = timezone.now() - worker_claims.SILENCE - timedelta(seconds=1)
        TrainingRun.objects.filter(pk=run.pk).update(heartbeat_at=past)
        run_lock.release_dead()
        finish(run, progress)

    monkeypatch.setattr(refit, "_finish", given_up_then_finish)
    run = refit.refit(seed=1)
    assert run.state == State.FAILED
    assert TrainingRun.objects.active() is None


def test_a_clock_that_is_set_does_not_make_it_another_process(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_lock.claim()
    start = psutil.Process().create_time()
    boot_time = psutil.boot_time() + 3600
    monkeypatch.setattr(psutil._psplatform, "boot_time", lambda: boot_time)
    assert psutil.Process().create_time() == pytest.approx(start + 3600, abs=2)
    assert worker_claims.this_process() == run.worker
    assert run_lock.release_dead() == 0
