"""Workers that are told to stop while they work on what would never end.

Takes as long as a worker is granted, which is less here; both kinds are tried at the same time.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from accounts.models import User
from movies.models import Rating
from recommender.models import TrainingRun
from recommender.tasks import refit_if_due
from recommender.training import run_lock
from tests.site import Site, eventually, running_site
from tests.worker.queueing import send

pytestmark = [pytest.mark.slow, pytest.mark.redis]

# What ends within 30 seconds on an idle machine; without a bound, it would be never.
PATIENCE = 120


def busy_worker(site: Site, data_dir: Path) -> subprocess.Popen:
    arguments = ("-A", "tests.worker.never_ending", "worker", "--concurrency=1")
    worker = site.start("celery", *arguments, "--loglevel=INFO")
    (data_dir / "queue" / "messages").mkdir(parents=True, exist_ok=True)
    send(refit_if_due, data_dir)
    eventually((data_dir / "busy").exists, 90, "a refit")
    return worker


def test_a_worker_ends_with_its_fit(tmp_path: Path, db: None, alice: User, make_movie) -> None:
    Rating.objects.rate(alice, make_movie(), 4)
    polite, deaf = tmp_path / "polite", tmp_path / "deaf"
    for folder in (polite, deaf):
        folder.mkdir()
    with running_site(polite, REDIS_URL="") as one, running_site(deaf, REDIS_URL="") as other:
        listening = busy_worker(one, polite)
        assert TrainingRun.objects.running().exists()
        os.killpg(listening.pid, signal.SIGTERM)
        interrupted = eventually(
            TrainingRun.objects.filter(state=TrainingRun.State.FAILED).first, PATIENCE, "the end"
        )
        assert interrupted.reason == "interrupted"

        other.environment["TEST_DEAF"] = "yes"
        compiled = busy_worker(other, deaf)
        os.kill(compiled.pid, signal.SIGTERM)
        listening.wait(PATIENCE)
        compiled.wait(PATIENCE)
        assert "is ended now" in other.log.read_text()
    assert run_lock.release_dead() == 1, "what a killed fit held is free again"
    assert not TrainingRun.objects.running().exists()
