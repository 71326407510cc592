"""Which worker holds a row, and whether it is still alive."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone

# Nothing that works on such a row is silent for longer than this.
SILENCE = timedelta(minutes=10)


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
