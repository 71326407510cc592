"""Who may run the refit: one at a time, and nobody for ever.

The claim is a row: TrainingRun in the state "running", of which the database allows one. It holds
on SQLite and PostgreSQL alike, survives a restart, and shows in the admin.
"""

from __future__ import annotations

import contextlib
import os
import socket
from datetime import datetime, timedelta
from typing import Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone

from recommender import store
from recommender.models import TrainingRun

# No phase of a refit is silent for longer than this.
SILENCE = timedelta(minutes=10)


class AlreadyRunning(Exception):
    """Another process is at it."""


def request() -> TrainingRun:
    """Ask for a refit: the worker's next tick takes it. Asking twice is asking once."""
    with contextlib.suppress(IntegrityError), transaction.atomic():
        return TrainingRun.objects.create(state=TrainingRun.State.QUEUED)
    return TrainingRun.objects.queued().first() or TrainingRun.objects.newest_first()[0]


def claim() -> TrainingRun:
    """The running run is now ours: the one asked for, or a new one.

    Raises:
        AlreadyRunning
    """
    release_dead()
    now = timezone.now()
    ours = {
        "state": TrainingRun.State.RUNNING,
        "started_at": now,
        "heartbeat_at": now,
        "worker": this_process(),
    }
    try:
        with transaction.atomic():
            queued = TrainingRun.objects.queued().first()
            if queued and TrainingRun.objects.queued().filter(pk=queued.pk).update(**ours):
                queued.refresh_from_db()
                return queued
            return TrainingRun.objects.create(**ours)
    except IntegrityError as error:
        raise AlreadyRunning("another refit is running") from error


def release_dead() -> int:
    """Give up running runs whose process is gone or silent, and drop what they had written."""
    released = 0
    for run in TrainingRun.objects.running():
        if not is_dead(run):
            continue
        given_up = TrainingRun.objects.running().filter(pk=run.pk, heartbeat_at=run.heartbeat_at)
        if given_up.update(
            state=TrainingRun.State.FAILED,
            finished_at=timezone.now(),
            reason="The worker stopped without a word; the run before it goes on serving.",
        ):
            store.delete(run)
            released += 1
    return released


class Claimed(Protocol):
    """A row that says which process works on it, and when it last said so."""

    heartbeat_at: datetime | None
    worker: str


def is_dead(claim: Claimed) -> bool:
    """Whether the process that claimed it is gone, or has been silent for too long."""
    if claim.heartbeat_at is None or claim.heartbeat_at < timezone.now() - SILENCE:
        return True
    host, _, rest = claim.worker.partition(" ")
    return host == socket.gethostname() and bool(rest) and rest != _process(rest.split()[0])


def this_process() -> str:
    """Who we are, in the words that `is_dead` understands."""
    return f"{socket.gethostname()} {_process(str(os.getpid()))}"


def _process(pid: str) -> str:
    """The process number with its start time, so that a reused number is another process.

    Where the system does not tell start times (macOS), whether the process exists must do.
    """
    try:
        with open(f"/proc/{int(pid)}/stat") as file:
            return f"{pid} {file.read().rpartition(')')[2].split()[19]}"
    except FileNotFoundError:
        if os.path.exists("/proc/self/stat"):
            return ""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return pid
