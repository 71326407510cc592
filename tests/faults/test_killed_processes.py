"""The worker, the child that fits, and beat, killed at random moments: the next tick succeeds."""

from __future__ import annotations

import contextlib
import random
import subprocess
import time
from pathlib import Path

import psutil

from accounts.models import User
from movies.models import Movie, Rating, RatingChanges
from recommender.models import TrainingRun
from tests.faults.counts import report, times
from tests.faults.runs import State, faults_of_the_active_run, left_behind
from tests.site import Site, eventually, running_site

PATIENCE = 180
EVERY_SECOND = {"CFSITE_REFIT_TICK": "1", "CFSITE_REFIT_INTERVAL": "0"}
PARTS = ("the child that fits", "the worker", "beat")


class Processes:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.worker, self.beat = site.worker(), site.beat()

    def kill(self, part: str) -> None:
        if part == "beat":
            self.site.kill(self.beat)
            self.beat = self.site.beat()
        elif part == "the worker":
            self.site.kill(self.worker)
            self.worker = self.site.worker()
        else:
            for child in _children(self.worker):
                with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself
                    child.kill()


def _children(worker: subprocess.Popen) -> list[psutil.Process]:
    return psutil.Process(worker.pid).children(recursive=True)


def learned() -> TrainingRun | None:
    """The run that is live, if it learned from every rating."""
    return TrainingRun.objects.filter(is_active=True, rating_changes=RatingChanges.total()).first()


def test_the_next_tick_succeeds_whatever_was_killed(
    tmp_path: Path, fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    draw = random.Random(3)
    rounds = times(len(PARTS), 100)
    with running_site(tmp_path, REDIS_URL="", **EVERY_SECOND) as site:
        processes = Processes(site)
        for turn in range(rounds):
            Rating.objects.rate(even_fan, draw.choice(two_tastes), draw.choice([0.5, 5]))
            eventually(
                lambda: TrainingRun.objects.running().exists() or learned(), PATIENCE, "a refit"
            )
            time.sleep(draw.random())  # the random moment
            processes.kill(PARTS[turn % len(PARTS)])
            assert faults_of_the_active_run() == []
            eventually(learned, PATIENCE, f"a refit after {PARTS[turn % len(PARTS)]} was killed")
            assert faults_of_the_active_run() == []
    ended = TrainingRun.objects.exclude(state=State.READY)
    assert left_behind() == []
    report(f"{rounds} kills, {ended.count()} in the middle of a refit: 0 torn or missing runs")
