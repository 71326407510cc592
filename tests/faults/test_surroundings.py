"""A full disk, a folder that cannot be written, a clock that is set, a mail server that hangs."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from recommender.training import refit, run_lock
from tests.faults.runs import State, faults_of_the_active_run, left_behind
from tests.site import Site, running_site
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
    status, ready = alice.call("GET", "/readyz")
    disk.empty()
    assert alice.rate(movie, 4) == 201, "without a restart"
    assert "disk" in ready["checks"]


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
    read = refit.read_snapshot
    with time_machine.travel(timezone.now()) as clock:

        def read_and_jump() -> object:
            snapshot = read()
            clock.shift(timedelta(days=40))
            return snapshot

        monkeypatch.setattr(refit, "read_snapshot", read_and_jump)
        run = refit.refit(seed=1)
        monkeypatch.setattr(refit, "read_snapshot", read)
        assert (run.state, TrainingRun.objects.active()) == (State.FAILED, fitted)
        assert "longer than" in run.reason
        assert left_behind() == []
        run_lock.request()
        after = refit.refit_if_due()
        assert after is not None
        assert after.state == State.READY
