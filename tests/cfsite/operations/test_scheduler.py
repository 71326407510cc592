"""Beat's schedule: edits in the admin survive a restart, changes of the settings count."""

from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from django_celery_beat import schedulers
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from cfsite.lib.queue import worker_claims
from cfsite.operations import heartbeats, scheduler
from cfsite.operations.models import Heartbeat, Lease
from cfsite.operations.scheduler import Scheduler

pytestmark = pytest.mark.django_db

NAME = "refit when due"


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test is inside a transaction of its connection."""
    for module in (schedulers, scheduler):
        monkeypatch.setattr(module, "close_old_connections", lambda: None)
    monkeypatch.setattr(schedulers.transaction, "commit", lambda: None)


def start_beat(seconds: float = 60.0, task: str = "recommender.tasks.refit_if_due") -> Scheduler:
    app = Celery("test", broker="memory://", set_as_current=False)
    app.conf.result_expires = None
    options = {"expire_seconds": 60}
    app.conf.beat_schedule = {NAME: {"task": task, "schedule": seconds, "options": options}}
    return Scheduler(app=app)


def every() -> int:
    return PeriodicTask.objects.get(name=NAME).interval.every


def edit(**fields: Any) -> None:
    PeriodicTask.objects.filter(name=NAME).update(**fields)


def test_it_works() -> None:
    beat = start_beat()
    assert every() == 60
    assert PeriodicTask.objects.get().expire_seconds == 60, "ticks that piled up are worth one"
    assert set(beat.schedule) == {NAME}


def test_an_edit_survives_a_restart() -> None:
    start_beat()
    two_hours = IntervalSchedule.objects.create(every=7200, period="seconds")
    edit(interval=two_hours, enabled=False)
    beat = start_beat()
    assert every() == 7200
    assert set(beat.schedule) == set()


def test_a_change_of_the_settings_counts() -> None:
    start_beat()
    edit(interval=IntervalSchedule.objects.create(every=7200, period="seconds"))
    start_beat(30.0)
    assert every() == 30


def test_a_task_that_was_renamed_in_the_code_is_taken_over() -> None:
    start_beat()
    start_beat(task="recommender.tasks.other")
    assert PeriodicTask.objects.get().task == "recommender.tasks.other"


def test_a_site_from_before_takes_the_settings_over_once() -> None:
    old = IntervalSchedule.objects.create(every=5, period="seconds")
    PeriodicTask.objects.create(name=NAME, task="x", interval=old)
    start_beat()
    assert every() == 60


def test_its_loop_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    beat = start_beat()
    monkeypatch.setattr(beat, "apply_entry", lambda *arguments, **named: None)
    assert beat.tick() <= heartbeats.EVERY
    assert Heartbeat.objects.get().name == "beat"


def tick(beat: Scheduler, host: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """One turn of the loop of a beat on this host: whether it sends what is due."""
    sent: list[bool] = []
    monkeypatch.setattr(worker_claims.socket, "gethostname", lambda: host)
    monkeypatch.setattr(schedulers.DatabaseScheduler, "tick", lambda beat: sent.append(True) or 1.0)
    assert beat.tick() <= scheduler.STAND_BY
    return bool(sent)


def test_of_two_beats_on_two_hosts_one_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = start_beat(), start_beat()
    assert tick(first, "a", monkeypatch)
    assert not tick(second, "b", monkeypatch)
    assert tick(first, "a", monkeypatch)

    silent = timezone.now() - worker_claims.SILENCE - timedelta(seconds=1)
    Lease.objects.update(heartbeat_at=silent)
    assert tick(second, "b", monkeypatch), "the first is taken for dead"
    assert not tick(first, "a", monkeypatch), "it comes back and stands by"


def test_a_beat_that_is_stopped_lets_the_other_send_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = start_beat(), start_beat()
    assert tick(first, "a", monkeypatch)
    first.close()
    assert tick(second, "b", monkeypatch)


def test_a_database_that_is_away_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any, **named: Any) -> None:
        raise OperationalError("the server closed the connection")

    beat = start_beat()
    assert tick(beat, "a", monkeypatch)
    with monkeypatch.context() as away:
        away.setattr(type(Lease.objects.all()), "get_or_create", fail)
        assert not tick(beat, "a", monkeypatch)
    assert tick(beat, "a", monkeypatch)
    monkeypatch.setattr(type(Lease.objects.all()), "filter", fail)
    beat.close()


def test_of_two_that_find_it_dead_one_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has read the lease before the first took it."""
    take = Lease.objects.take
    assert take("beat")
    read = Lease.objects.get()
    assert take("beat"), "its own"
    Lease.objects.update(worker="gone 1 1.0", heartbeat_at=None)
    monkeypatch.setattr(
        type(Lease.objects.all()), "get_or_create", lambda self, name: (read, False)
    )
    assert not take("beat")


def test_the_admin_edits_how_often_and_nothing_else(staff_client: Client) -> None:
    start_beat()
    task = PeriodicTask.objects.get()
    two_hours = IntervalSchedule.objects.create(every=2, period="hours")
    page = f"/admin/django_celery_beat/periodictask/{task.pk}/change/"
    shown = staff_client.get(page).content.decode()
    assert "crontab" not in shown.partition("<main")[2]
    body = {"interval": two_hours.pk, "enabled": "on", "description": "", "task": "os.system"}
    assert staff_client.post(page, body).status_code == 302
    task.refresh_from_db()
    assert (task.interval, task.task) == (two_hours, "recommender.tasks.refit_if_due")
    assert staff_client.get("/admin/django_celery_beat/periodictask/add/").status_code == 403
