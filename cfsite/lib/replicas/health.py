"""Whether a replica answers, and how far it is behind the primary."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections

logger = logging.getLogger(__name__)

# Seconds for which a process believes what it has found. Each look is a query to both servers.
BELIEVED_FOR = 1.0
RETRY_AFTER = 10.0  # one that does not answer may cost the time limit of connecting


@dataclass(frozen=True)
class Look:
    """What a replica said when it was asked."""

    alias: str
    lag: float | None  # seconds; None if it does not answer
    problem: str = ""  # why it may not be read from; empty if it may

    @property
    def is_usable(self) -> bool:
        return not self.problem


def look_at(alias: str) -> Look:
    """Ask both servers for their positions in the log.

    A replica that has replayed what the primary has written is not behind, however long ago that
    was. Otherwise it is behind by the age of the last transaction that it has replayed, by the
    primary's clock: too much on a site where nobody has written for a while, but never too little.
    Without the primary nothing can be told, and no page could be made.
    """
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_lsn(), clock_timestamp()")
            written, now = cursor.fetchone()
    except Error as error:
        return Look(alias, None, f"the primary does not answer: {_first_line(error)}")
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %s::pg_lsn,"
                " extract(epoch FROM %s - pg_last_xact_replay_timestamp())::float8",
                [written, now],
            )
            is_replica, has_all, age = cursor.fetchone()
    except Error as error:
        return Look(alias, None, f"no answer: {_first_line(error)}")
    if not is_replica:
        return Look(alias, None, "it is no replica, or no longer one")
    if has_all:
        return Look(alias, 0.0)
    most = settings.REPLICA_MAX_LAG
    if age is None or age > most:
        behind = "an unknown time" if age is None else f"{age:.0f} s"
        return Look(alias, age, f"{behind} behind the primary, of at most {most} s")
    return Look(alias, max(age, 0.0))


def _first_line(error: Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class Replica:
    """One replica, as this process sees it."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self._lock = threading.Lock()
        self._is_usable: bool | None = None  # not known yet
        self._look_again_at = float("-inf")

    def is_usable(self) -> bool:
        if time.monotonic() < self._look_again_at:
            return bool(self._is_usable)
        # While one thread looks, the others use what is known.
        if self._lock.acquire(blocking=False):
            try:
                self._record(look_at(self.alias))
            finally:
                self._lock.release()
        return bool(self._is_usable)

    def report_failure(self, error: Exception) -> None:
        """It failed while a page was read from it."""
        self._record(Look(self.alias, None, f"no answer: {error}".strip().splitlines()[0]))

    def _record(self, seen: Look) -> None:
        if self._is_usable is not False and seen.problem:
            logger.warning("Not reading from %s: %s", self.alias, seen.problem)
        elif seen.is_usable and self._is_usable is False:
            logger.warning("Reading from %s again", self.alias)
        self._is_usable = seen.is_usable
        pause = RETRY_AFTER if seen.lag is None else BELIEVED_FOR
        self._look_again_at = time.monotonic() + pause


def known() -> list[Replica]:
    """The replicas of the settings, the same objects at each call."""
    if [replica.alias for replica in _known] != list(settings.REPLICAS):
        _known[:] = [Replica(alias) for alias in settings.REPLICAS]
    return _known


_known: list[Replica] = []
