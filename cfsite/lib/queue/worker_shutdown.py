"""A worker that is told to stop ends soon, whatever it is working on.

Celery waits for tasks to finish, which for a refit can be an hour, and sometimes for a child that
was told to stop as well and is gone; whoever restarts the service kills everything long before.
Every task can be interrupted: what is to be done stands in the database, and the next worker goes
on.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from typing import Any

import psutil

logger = logging.getLogger(__name__)

# Seconds after SIGTERM, of the 30 that a service manager usually grants.
INTERRUPT_AFTER = 8.0  # the tasks of seconds, such as sending mail, have finished by then
END_AFTER = 20.0  # compiled code does not hear of an interrupt before it returns


def bound_shutdown(**_named: Any) -> None:
    """Celery's signal `worker_shutting_down`."""
    for seconds, step in ((INTERRUPT_AFTER, _interrupt), (END_AFTER, _end)):
        timer = threading.Timer(seconds, step)
        timer.daemon = True  # gone with the worker, if that ends earlier
        timer.start()


def _interrupt() -> None:
    for child in psutil.Process().children():
        logger.warning("Stopping: process %s is interrupted in its work", child.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGTERM)


def _end() -> None:
    logger.warning("Stopping: the worker did not end by itself and is ended now")
    for child in psutil.Process().children():
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    os._exit(1)
