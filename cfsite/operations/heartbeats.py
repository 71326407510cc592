"""Heartbeats of the worker and beat, and what pages say about them.

The worker's is written by a thread of its main process, which goes on while a child fits; beat's
by the loop that sends tasks, so that a loop that hangs falls silent.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cfsite.operations.models import Heartbeat

logger = logging.getLogger(__name__)

BEAT = "beat"
WORKER = "worker"
EVERY = 20.0  # seconds
# Beat may sleep for a minute between two looks at the schedule.
GONE_AFTER = timedelta(minutes=3)
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Sign:
    """The newest heartbeat of one kind of process."""

    name: str
    at: datetime | None = None  # None: never heard of
    host: str = ""
    pid: int | None = None

    @property
    def age(self) -> timedelta | None:
        """Zero for a time to come, after a clock was set back."""
        return self.at and max(timezone.now() - self.at, timedelta())

    @property
    def is_alive(self) -> bool:
        return self.age is not None and self.age < GONE_AFTER

    @property
    def in_words(self) -> str:
        if self.age is None:
            return _("never seen")
        if self.is_alive:
            return _("running")
        return _("silent for %(time)s") % {"time": in_words(self.age)}


def worker_name(queue: str) -> str:
    """ "worker" for the queue that every site has, else with the queue's name."""
    return WORKER if queue == default_queue() else f"{WORKER}:{queue}"


def default_queue() -> str:
    return getattr(settings, "CELERY_TASK_DEFAULT_QUEUE", "celery")


def needed() -> list[str]:
    """Names of the processes that a whole site runs: beat and a reader of each queue."""
    routes = getattr(settings, "CELERY_TASK_ROUTES", None) or {}
    queues = {route["queue"] for route in routes.values() if "queue" in route}
    return [*(worker_name(queue) for queue in sorted({default_queue(), *queues})), BEAT]


def signs() -> list[Sign]:
    """The newest heartbeat of each process that is needed. One query."""
    found: dict[str, Sign] = {}
    rows = Heartbeat.objects.filter(name__in=needed()).newest_first()
    for name, at, host, pid in rows.values_list("name", "at", "host", "pid"):
        found.setdefault(name, Sign(name, at, host, pid))
    return [found.get(name, Sign(name)) for name in needed()]


def missing() -> list[Sign]:
    return [sign for sign in signs() if not sign.is_alive]


def worker_missing() -> str:
    """In words, if nobody takes refits; empty if somebody does."""
    routes = getattr(settings, "CELERY_TASK_ROUTES", None) or {}
    queue = routes.get("recommender.tasks.refit_if_due", {}).get("queue", default_queue())
    reader = next(sign for sign in signs() if sign.name == worker_name(queue))
    return "" if reader.is_alive else reader.in_words


def in_words(age: timedelta) -> str:
    """Roughly: "5 minutes", "3 hours", "2 days"."""
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return _("less than a minute")
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


def beat(names: Iterable[str]) -> None:
    """Say that this process lives. A database that is away is logged; the next one may do."""
    try:
        for name in names:
            Heartbeat.objects.beat(name, socket.gethostname(), os.getpid())
        Heartbeat.objects.filter(at__lt=timezone.now() - KEPT).delete()
    except Error as error:
        logger.warning("No heartbeat could be written: %s", error)


# A child that is forked while the thread is inside the database's library would inherit its locks
# without the thread that gives them back.
_outside_database = threading.Lock()
os.register_at_fork(
    before=_outside_database.acquire,
    after_in_parent=_outside_database.release,
    after_in_child=_outside_database.release,
)


class Pulse(threading.Thread):
    """Does its chores every so often until stopped; in a process that may fork."""

    def __init__(self, *chores: tuple[float, Callable[[], object]]) -> None:
        """chores: (seconds between two calls, what to call)."""
        super().__init__(name="pulse", daemon=True)
        self._chores = chores
        self._stopped = threading.Event()

    def run(self) -> None:
        due = dict.fromkeys(range(len(self._chores)), 0.0)
        while not self._stopped.is_set():
            now = time.monotonic()
            for number, (pause, chore) in enumerate(self._chores):
                if now >= due[number]:
                    due[number] = now + pause
                    self._do(chore)
            self._stopped.wait(min(pause for pause, _chore in self._chores) / 4)

    def stop(self) -> None:
        self._stopped.set()

    def _do(self, chore: Callable[[], object]) -> None:
        with _outside_database:
            try:
                chore()
            except Exception:
                logger.exception("The pulse of this process missed a beat")
            finally:
                # A connection kept open would be one more that a forked child inherits, and one
                # that a restart of the database breaks.
                connections.close_all()
