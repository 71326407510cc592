"""A full disk, a folder that cannot be written, a clock that is set, a mail server that hangs."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from cfsite.operations import state
from cfsite.operations.mail.outbox import send_due
from cfsite.operations.models import OutgoingMail
from cfsite.operations.models.outgoing_mail import WORRYING_ATTEMPTS
from cfsite.pages import health
from movies.models import Movie, Rating
from recommender import store
from recommender.models import TrainingRun
from recommender.training import refit, run_lock, snapshot
from tests import smtp
from tests.faults import children
from tests.faults.runs import State, faults_of_the_active_run, left_behind
from tests.site import Site, running_site
from tests.smtp import MailServer
from tests.web_processes.conftest import Caller, start

SETTINGS = "tests.faults.site_settings"


class Disk:
    """Lets processes write no byte beyond the first of a file, as if the disk were full."""

    def __init__(self, pid: int) -> None:
        main = psutil.Process(pid)
        self.processes = [main, *main.children(recursive=True)]

    def fill(self) -> None:
        self._allow(1)

    def empty(self) -> None:
        self._allow(resource.RLIM_INFINITY)

    def _allow(self, size: int) -> None:
        for process in self.processes:
            process.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture
def site(tmp_path: Path, db: None) -> Iterator[Site]:
    (tmp_path / "static").mkdir()
    with running_site(tmp_path, REDIS_URL="", DJANGO_SETTINGS_MODULE=SETTINGS) as site:
        yield site


@pytest.mark.skipif(sys.platform != "linux", reason="sets the limits of other processes")
def test_a_full_disk(
    site: Site, fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has a disk of its own")
    alice = Caller(start(site, workers=1), even_fan)
    movie = two_tastes[20].pk
    disk = Disk(site._processes[0].pid)
    disk.fill()
    status, answer = alice.call("PUT", f"/api/v1/movies/{movie}/rating/", {"stars": 4})
    assert status == 503, answer
    assert not Rating.objects.of(even_fan).filter(movie=movie).exists()
    assert alice.call("GET", "/movies/")[0] == 200, "pages can be read"
    disk.empty()
    assert alice.rate(movie, 4) == 201, "without a restart"


def refit_on_a_full_disk() -> str:
    """The disk is full from the moment the first rows have been stored."""
    store.BATCH = 7
    write = store.write

    def write_until_full(run: TrainingRun, factors: Any, on_batch: Any, **how: Any) -> None:
        def then_full(done: int, total: int) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            on_batch(done, total)

        write(run, factors, then_full, **how)

    store.write = write_until_full
    try:
        call_command("refit", quiet=True)
    except CommandError as error:
        return str(error)
    return "done"


def test_a_disk_that_is_full_in_the_middle_of_a_refit(fitted: TrainingRun) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has a disk of its own")
    said = children.result_of(refit_on_a_full_disk)
    assert said.startswith("The database takes nothing")
    assert TrainingRun.objects.active() == fitted
    assert faults_of_the_active_run() == []
    run_lock.request()
    after = refit.refit_if_due()
    assert after is not None
    assert after.state == State.READY, "with space again, and nothing done by hand"
    assert left_behind() == []


def readiness() -> tuple[int, str, dict[str, str]]:
    answer = Client().get("/readyz")
    told = answer.json()
    return answer.status_code, told["status"], told["checks"]


def test_readyz_tells_of_a_disk_that_fills(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(state.shutil, "disk_usage", lambda folder: usage)
    status, word, checks = readiness()
    assert (status, word, checks["disk"]) == (200, "degraded", "low")


def test_a_database_that_can_only_be_read(
    fitted: TrainingRun,
    even_fan: User,
    two_tastes: list[Movie],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(even_fan)
    rating = f"/movies/{two_tastes[20].pk}/rate/"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA query_only = on")
            # As of a file system that was mounted anew, read-only, after a fault of the disk.
            monkeypatch.setattr(health.os, "access", lambda path, mode: mode != os.W_OK)
        else:
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    try:
        assert client.post(rating, {"stars": "4"}).status_code == 503
        assert client.get("/movies/").status_code == 200, "pages can be read"
        status, word, checks = readiness()
    finally:
        connection.close()
    monkeypatch.undo()
    assert (status, word, checks["writes"]) == (200, "degraded", "read-only")
    assert not Rating.objects.of(even_fan).filter(movie=two_tastes[20]).exists()
    assert client.post(rating, {"stars": "4"}).status_code == 302
    assert readiness()[2]["writes"] == "ok"


def test_a_mail_server_that_hangs(alice: User, hanging_server: MailServer) -> None:
    """Nobody waits for it, /readyz tells of it, and the mail goes out when it is well again."""
    client = Client()
    assert client.post("/accounts/password/reset/", {"email": alice.email}).status_code == 302
    assert hanging_server.connections == 0
    for _ in range(WORRYING_ATTEMPTS):
        assert readiness()[2]["mail"] == "ok", "a failure may pass"
        OutgoingMail.objects.update(next_attempt_at=timezone.now())
        assert send_due().failed == 1
    assert readiness()[2]["mail"] == "not delivered"
    with smtp.working() as well, override_settings(EMAIL_PORT=well.port):
        OutgoingMail.objects.update(next_attempt_at=timezone.now())
        assert send_due().sent == 1
        assert len(well.received) == 1
    assert readiness()[2]["mail"] == "ok"


@pytest.mark.parametrize("jump", [timedelta(days=40), timedelta(hours=-1)], ids=["+40d", "-1h"])
def test_a_clock_that_is_set(
    jump: timedelta, fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    """The tick that is due comes once, whatever the clock says, and no lock stays behind."""
    with time_machine.travel(timezone.now() + jump):
        run_lock.request()
        first = refit.refit_if_due()
        assert first is not None
        assert first.state == State.READY
        assert refit.refit_if_due() is None
        assert faults_of_the_active_run() == []
    run_lock.request()
    back = refit.refit_if_due()
    assert back is not None, "and with the clock as it was"
    assert back.state == State.READY
    assert not TrainingRun.objects.running().exists()


def test_a_clock_that_jumps_during_a_fit(
    fitted: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty days later the fit has taken too long, says so, and the next tick succeeds."""
    read = snapshot.read_snapshot
    with time_machine.travel(timezone.now()) as clock:

        def read_and_jump() -> object:
            found = read()
            clock.shift(timedelta(days=40))
            return found

        monkeypatch.setattr(snapshot, "read_snapshot", read_and_jump)
        run = refit.refit(seed=1)
        monkeypatch.setattr(snapshot, "read_snapshot", read)
        assert (run.state, TrainingRun.objects.active()) == (State.FAILED, fitted)
        assert "longer than" in run.reason
        assert left_behind() == []
        run_lock.request()
        after = refit.refit_if_due()
        assert after is not None
        assert after.state == State.READY
