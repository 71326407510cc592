"""The site's Celery application with fits that never end, for tests of stopping a worker."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from celery import signals

from cfsite.celery import app
from cfsite.lib.queue import worker_shutdown

__all__ = ["app"]

# No test has to wait for as long as a site.
worker_shutdown.INTERRUPT_AFTER, worker_shutdown.END_AFTER = 1.0, 4.0


def _fit(*_arguments: Any, **_named: Any) -> None:
    if "TEST_DEAF" in os.environ:  # like compiled code, which hears no signal before it returns
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(os.environ["CFSITE_DATA_DIR"], "busy").touch()
    while True:
        time.sleep(0.05)


@signals.worker_process_init.connect
def replace_the_fit(**_named: Any) -> None:
    from recommender.training import snapshot

    snapshot.read_snapshot = _fit
