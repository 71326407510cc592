"""A worker that is told to stop, with a fit under way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from movies.models import Movie
from recommender.models import TrainingRun
from recommender.training import refit
from tests.site import Site, eventually, running_site

pytestmark = [pytest.mark.slow, pytest.mark.redis]

@pytest.fixture
def site(tmp_path: Path, db: None) -> Iterator[Site]:
    with running_site(tmp_path, CFSITE_REFIT_TICK="1", REDIS_URL="") as site:
        yield site

@pytest.mark.parametrize("group", [True, False])
def test_x(site, two_tastes, group, tmp_path):
    # a long fit
    from recommender.models import TrainingRun
    from movies.models import Rating
    worker = site.worker(); site.beat()
    refit.request_refit()
    eventually(lambda: TrainingRun.objects.running().filter(phase__startswith="learning").first(), 60, "refit")
    t=time.monotonic()
    (os.killpg if group else os.kill)(worker.pid, signal.SIGTERM)
    worker.wait(60)
    print(group, "ended in", time.monotonic()-t, TrainingRun.objects.values_list("state","reason"))
    print(site.log.read_text()[-3000:])
    assert 0
