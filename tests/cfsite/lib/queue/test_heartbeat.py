"""A row that says its process is alive while that is busy."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from cfsite.lib.queue import heartbeat, worker_claims
from recommender.models import TrainingRun

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = timezone.now() - timedelta(days=1)


@pytest.fixture
def run() -> TrainingRun:
    worker = worker_claims.this_process()
    return TrainingRun.objects.create(state="running", worker=worker, heartbeat_at=LONG_AGO)


class Beats:
    """Stands for `timezone.now` of the thread, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.begun, self.failures = threading.Semaphore(0), 0
        self.error: Exception = DatabaseError("database is locked")

    def now(self) -> datetime:
        if threading.current_thread().name == "heartbeat":
            self.begun.release()
            if self.failures:
                self.failures -= 1
                raise self.error
        return datetime.now(UTC)

    def wait_for(self, n: int) -> None:
        """Until n - 1 beats are over: the last one has only begun."""
        for _ in range(n):
            assert self.begun.acquire(timeout=60)


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> Beats:
    beats = Beats()
    monkeypatch.setattr(heartbeat.timezone, "now", beats.now)
    monkeypatch.setattr(heartbeat, "INTERVAL", 0.01)
    return beats


def test_the_row_is_written_while_its_process_computes(run: TrainingRun, beats: Beats) -> None:
    assert worker_claims.is_dead(run)
    with heartbeat.beating(run):
        beats.wait_for(2)
        run.refresh_from_db()
        assert not worker_claims.is_dead(run)
    assert not [t for t in threading.enumerate() if t.name == "heartbeat"]


def test_the_row_of_another_process_is_left_alone(run: TrainingRun, beats: Beats) -> None:
    with heartbeat.beating(run):
        TrainingRun.objects.update(worker="another host 1 1.00", heartbeat_at=LONG_AGO)
        beats.wait_for(3)
        run.refresh_from_db()
        assert run.heartbeat_at == LONG_AGO


@pytest.mark.parametrize("kind", [DatabaseError, InterfaceError])
def test_a_beat_that_fails_is_left_out(
    run: TrainingRun, beats: Beats, caplog: pytest.LogCaptureFixture, kind: type[Exception]
) -> None:
    beats.failures, beats.error = 1, kind("database is locked")
    with heartbeat.beating(run):
        beats.wait_for(3)
        run.refresh_from_db()
    assert "A heartbeat was left out: database is locked" in caplog.text
    assert run.heartbeat_at > LONG_AGO


def test_a_beat_does_not_wait_for_a_lock(run: TrainingRun) -> None:
    shown = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW lock_timeout"}
    with heartbeat._impatient(), connection.cursor() as cursor:
        cursor.execute(shown[connection.vendor])
        assert cursor.fetchone()[0] in (heartbeat.PATIENCE, "1s")
