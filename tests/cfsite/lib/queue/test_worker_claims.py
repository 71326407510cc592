"""Which process holds a row, and whether it is still alive."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.utils import timezone

from cfsite.lib.queue import worker_claims


@pytest.fixture
def process() -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def claim_of(process: subprocess.Popen) -> SimpleNamespace:
    host = worker_claims.this_process().partition(" ")[0]
    worker = f"{host} {worker_claims._process(process.pid)}"
    return SimpleNamespace(heartbeat_at=timezone.now(), worker=worker)


def test_a_killed_process_is_dead_before_anybody_has_waited_for_it(
    process: subprocess.Popen,
) -> None:
    claim = claim_of(process)
    assert not worker_claims.is_dead(claim)
    process.kill()
    process.stdin.close()
    while worker_claims.psutil.Process(process.pid).status() != "zombie":
        pass
    assert worker_claims.is_dead(claim)
    process.wait()
    assert worker_claims.is_dead(claim)
