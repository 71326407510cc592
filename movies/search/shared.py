"""A part of the index that all threads of the process share, built anew after edits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from cfsite.lib.replicas.router import from_primary

Part = TypeVar("Part")

# A build that took longer than this is followed by a pause, so that an import, which edits all the
# time, does not cause one build after the other.
SHORT_BUILD = 0.05  # seconds


class Shared(Generic[Part]):
    """Built on first use and after each edit."""

    def __init__(
        self,
        build: Callable[[], Part],
        read_version: Callable[[], int],
        *,
        pause_per_build: float,
        longest_pause: float,
    ) -> None:
        """
        Args:
            pause_per_build: How many times as long as the build the pause after it is.
            longest_pause: In seconds.
        """
        self._build, self._read_version = build, read_version
        self.pause_per_build, self.longest_pause = pause_per_build, longest_pause
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._part: Part | None = None
        self._version = -1
        self._pause_until = float("-inf")

    def current(self) -> Part:
        # While one thread rebuilds, the others answer from the previous part.
        if not self._lock.acquire(blocking=self._part is None):
            return self._part  # type: ignore[return-value]
        try:
            if self._part is None or time.monotonic() >= self._pause_until:
                # The version is read before the rows, so an edit in between causes a rebuild. A
                # replica may still have the rows of the version before.
                with from_primary():
                    version = self._read_version()
                    if self._part is None or version != self._version:
                        self._rebuild(version)
            return self._part  # type: ignore[return-value]
        finally:
            self._lock.release()

    def _rebuild(self, version: int) -> None:
        began = time.monotonic()
        self._part, self._version = self._build(), version
        took = time.monotonic() - began
        pause = min(self.longest_pause, took * self.pause_per_build) if took > SHORT_BUILD else 0.0
        self._pause_until = time.monotonic() + pause
