"""The lock that allows one refit at a time, released when its process dies.

It is the TrainingRun row in state "running", of which the database allows only one. This works on
SQLite and PostgreSQL alike, survives a restart, and is visible in the admin.
"""

from __future__ import annotations

import contextlib

from django.db import IntegrityError, transaction
from django.utils import timezone

from cfsite.lib.queue.worker_claims import is_dead, this_process
from recommender import store
from recommender.models import TrainingRun


class AlreadyRunning(Exception):
    """Another process is refitting."""


def request() -> TrainingRun:
    """Queue a refit for the worker's next tick; at most one is queued."""
    with contextlib.suppress(IntegrityError), transaction.atomic():
        return TrainingRun.objects.create(state=TrainingRun.State.QUEUED)
    return TrainingRun.objects.queued().first() or TrainingRun.objects.newest_first()[0]


def claim() -> TrainingRun:
    """Take the lock, with the queued run or a new one.

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
    """Fail running runs whose process is gone or silent, and delete their rows."""
    released = 0
    for run in TrainingRun.objects.running():
        if not is_dead(run):
            continue
        given_up = TrainingRun.objects.running().filter(pk=run.pk, heartbeat_at=run.heartbeat_at)
        if given_up.update(
            state=TrainingRun.State.FAILED,
            finished_at=timezone.now(),
            reason="The worker stopped unexpectedly. The previous run stays live.",
        ):
            store.delete(run)
            released += 1
    return released
