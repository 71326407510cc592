"""Beat's schedule: that of the settings, where nobody has edited it in the admin.

Of several beats, on one host or many, one sends the tasks. The others stand by: when its process is
gone, or has been silent for too long, one of them takes over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from celery.schedules import maybe_schedule
from django.db import Error, close_old_connections
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from cfsite.operations import heartbeats
from cfsite.operations.models import Lease, ScheduleSeed

logger = logging.getLogger(__name__)

STAND_BY = 5.0  # seconds between two looks at whether the beat that sends still lives

Entries = Mapping[str, Mapping[str, Any]]


class Scheduler(DatabaseScheduler):
    """Writes beat's heartbeat, sends only while it holds the lease, and leaves edited tasks alone.

    django-celery-beat writes the schedule of the settings over that of the admin at every start.
    """

    _last_heartbeat = float("-inf")
    _sends = False

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self._sends = self._take_lease()
        wait = super().tick(*args, **kwargs) if self._sends else STAND_BY
        if time.monotonic() - self._last_heartbeat >= heartbeats.EVERY:
            self._last_heartbeat = time.monotonic()
            heartbeats.beat([heartbeats.BEAT])
        return min(wait, heartbeats.EVERY)

    def close(self) -> None:
        super().close()
        if self._sends:
            with suppress(Error):  # the others see that this process is gone
                Lease.objects.give_back(heartbeats.BEAT)

    def _take_lease(self) -> bool:
        """Not while the database is away: nobody can tell then which beat sends."""
        close_old_connections()  # one that broke would fail for ever
        try:
            return Lease.objects.take(heartbeats.BEAT)
        except Error as error:
            logger.warning("Nothing is sent, for the lease could not be taken: %s", error)
            return False

    def update_from_dict(self, mapping: Entries) -> None:
        changed = changed_entries(mapping)
        super().update_from_dict(changed)
        for name, entry in changed.items():
            ScheduleSeed.objects.update_or_create(name=name, defaults=_seed(entry))


def changed_entries(entries: Entries) -> dict[str, Mapping[str, Any]]:
    """Those that are new, or that the settings have otherwise than when they were last read."""
    there = set(PeriodicTask.objects.values_list("name", flat=True))
    read = {
        seed.name: {"task": seed.task, "seconds": seed.seconds}
        for seed in ScheduleSeed.objects.all()
    }
    return {
        name: entry
        for name, entry in entries.items()
        if name not in there or read.get(name) != _seed(entry)
    }


def _seed(entry: Mapping[str, Any]) -> dict[str, Any]:
    every = getattr(maybe_schedule(entry["schedule"]), "run_every", None)
    return {"task": entry["task"], "seconds": every.total_seconds() if every else 0.0}
