"""Heartbeats: who is alive, who is gone."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from cfsite.operations import heartbeats
from cfsite.operations.heartbeats import Pulse
from cfsite.operations.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_it_works() -> None:
    assert {sign.in_words for sign in heartbeats.signs()} == {"never seen"}
    heartbeats.beat(["worker", "worker:fits", "beat"])
    heartbeats.beat(["worker", "worker:fits", "beat"])
    assert Heartbeat.objects.count() == 3
    assert heartbeats.missing() == []
    assert heartbeats.worker_missing() == ""


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=10), "running"),
        (timedelta(minutes=4), "silent for 4 minutes"),
        (timedelta(hours=3), "silent for 3 hours"),
        (timedelta(days=5), "silent for 5 days"),
        (timedelta(hours=-1), "running"),  # a clock that was set back
    ],
)
def test_silence_in_words(age: timedelta, words: str) -> None:
    Heartbeat.objects.create(name="worker", host="a", pid=1, at=timezone.now() - age)
    assert heartbeats.signs()[0].in_words == words


def test_the_newest_of_several_counts() -> None:
    old = timezone.now() - timedelta(days=1)
    Heartbeat.objects.create(name="worker:fits", host="a", pid=1, at=old)
    assert heartbeats.worker_missing() == "silent for 24 hours"
    Heartbeat.objects.create(name="worker:fits", host="b", pid=2, at=timezone.now())
    assert heartbeats.worker_missing() == ""


def test_rows_of_old_processes_go() -> None:
    gone = timezone.now() - heartbeats.KEPT - timedelta(hours=1)
    Heartbeat.objects.create(name="worker", host="a", pid=1, at=gone)
    heartbeats.beat(["beat"])
    assert [one.name for one in Heartbeat.objects.all()] == ["beat"]


def test_every_queue_needs_a_reader(settings: Any) -> None:
    settings.CELERY_TASK_ROUTES = {"recommender.tasks.refit_if_due": {"queue": "fits"}}
    assert heartbeats.needed() == ["worker", "worker:fits", "beat"]
    heartbeats.beat(["worker", "beat"])
    assert heartbeats.worker_missing() == "never seen"


def test_a_database_that_is_away_stops_no_process(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*arguments: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(Heartbeat.objects, "beat", away)
    heartbeats.beat(["worker"])
    assert "No heartbeat could be written" in caplog.text


def test_a_pulse_goes_on_after_a_chore_that_fails() -> None:
    done, times = threading.Event(), []

    def chore() -> None:
        times.append(1)
        if len(times) == 1:
            raise ValueError("once")
        done.set()

    pulse = Pulse((0.01, chore))
    pulse.start()
    assert done.wait(60)
    pulse.stop()
    pulse.join(60)
    assert not pulse.is_alive()
