"""A part of the index that all threads of the process share, kept up to date after edits."""

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
        update: Callable[[Part], Part | None] = lambda part: None,
        may_be_undone: Callable[[Part], bool] = lambda part: False,
        pause_per_build: float,
        longest_pause: float,
    ) -> None:
        """
        Args:
            update: The part with the edits since, None if it has to be built anew.
            may_be_undone: Whether it may hold what a transaction has taken back since.
            pause_per_build: How many times as long as the build the pause after it is.
            longest_pause: In seconds.
        """
        self._build, self._read_version, self._update = build, read_version, update
        self._may_be_undone = may_be_undone
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
            # The version is read before the rows, so an edit in between causes another rebuild. A
            # replica may still have the rows of the version before.
            with from_primary():
                version = self._read_version()
                if self._part is None:
                    self._rebuild(version)
                elif version != self._version or self._may_be_undone(self._part):
                    if (updated := self._update(self._part)) is not None:
                        self._part, self._version = updated, version
                    elif time.monotonic() >= self._pause_until:
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
