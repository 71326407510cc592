"""Which worker holds a row, and whether it is still alive."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import Protocol

import psutil
from django.utils import timezone

# Whoever works on such a row says so every few seconds, from a thread (`heartbeat.beating`). A
# minute without a word is a dead process, or a host that is cut off or suspended: its work is given
# to another, and what it still writes when it wakes is refused, since the row is no longer its own.
SILENCE = timedelta(minutes=1)


class Claimed(Protocol):
    """A row that says which process works on it, and when it last said so."""

    heartbeat_at: datetime | None
    worker: str


def is_dead(claim: Claimed) -> bool:
    """Whether the process that claimed it is gone, or has been silent for too long."""
    if claim.heartbeat_at is None or claim.heartbeat_at < timezone.now() - SILENCE:
        return True
    host, _, rest = claim.worker.partition(" ")
    return host == socket.gethostname() and bool(rest) and rest != _process(int(rest.split()[0]))


def this_process() -> str:
    """Who we are, in the words that `is_dead` understands."""
    return f"{socket.gethostname()} {_process(os.getpid())}"


def _process(pid: int) -> str:
    """The process number with its start time, so that a reused number is another process."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""  # killed, and nobody has asked for how it ended: in a container without init
        # Since the start of the machine: its clock may be set while a process runs.
        started = process.create_time() - psutil.boot_time()
    except psutil.NoSuchProcess:
        return ""
    return f"{pid} {started:.2f}"
