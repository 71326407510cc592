"""Counters of requests, shared by all web processes of a machine.

Each process counts in a file of its own, and whoever is asked for /metrics adds the files up:
prometheus_client's multiprocess mode. Nothing is counted unless CFSITE_METRICS_TOKEN is set.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import psutil
from django.conf import settings
from prometheus_client import CollectorRegistry, Histogram, multiprocess

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def observe(status: int, seconds: float) -> None:
    if settings.METRICS_TOKEN:
        histogram = _histogram()
        histogram.labels(f"{status // 100}xx").observe(seconds)


@cache
def _histogram() -> Histogram:
    """Made by the first request, so that commands and workers write no files."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    folder.mkdir(exist_ok=True)
    _forget_stopped_processes(folder)
    return Histogram(
        "cfsite_request_duration_seconds",
        "Requests by class of status, and how long they took.",
        ["status"],
        buckets=BUCKETS,
        registry=None,
    )


def _forget_stopped_processes(folder: Path) -> None:
    """Begin anew after a restart. Files of single processes that ended have to stay: sums that
    fall look to Prometheus like a restart of everything.
    """
    files = {path: path.stem.rpartition("_")[2] for path in folder.glob("*.db")}
    if not any(pid.isdigit() and psutil.pid_exists(int(pid)) for pid in files.values()):
        for path in files:
            path.unlink(missing_ok=True)


def add_to(registry: CollectorRegistry) -> None:
    """Let the registry collect what all processes counted."""
    if settings.METRICS_TOKEN:
        _histogram()
        multiprocess.MultiProcessCollector(registry)
