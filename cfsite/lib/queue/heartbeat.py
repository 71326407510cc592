"""A heartbeat from a thread, so that long computations and statements are never taken for death.

Compiled code and database drivers release the interpreter's lock, so the thread runs while they do.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection, models, transaction
from django.utils import timezone

logger = logging.getLogger(__name__)

# Seconds between two beats; `worker_claims.SILENCE` is many of them.
INTERVAL = 5.0
# A beat waits no longer than this for a lock, in milliseconds: the next one is soon.
PATIENCE = 1000


@contextmanager
def beating(row: models.Model) -> Iterator[None]:
    """Within this context `row.heartbeat_at` is written every few seconds while it is ours.

    `row` is one of `worker_claims.Claimed`. A beat that fails is logged and left out.
    """
    over = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(over, row), daemon=True, name="heartbeat")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat_until(over: threading.Event, row: models.Model) -> None:
    """Runs in the thread, on a database connection of its own."""
    ours = type(row)._default_manager.filter(pk=row.pk, worker=row.worker)  # type: ignore[attr-defined]
    try:
        while not over.wait(INTERVAL):
            try:
                with _impatient():
                    ours.update(heartbeat_at=timezone.now())
            except Error as error:
                logger.warning("A heartbeat was left out: %s", error)
                connection.close()  # a lost connection would fail every beat from now on
    finally:
        connection.close()


@contextmanager
def _impatient() -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # before the transaction begins, which takes the lock
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        with transaction.atomic():
            if connection.vendor == "postgresql":  # a pooler hands the connection on to others
                cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE}")
            yield
