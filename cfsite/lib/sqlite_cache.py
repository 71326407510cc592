"""A cache backend for rate limits: one SQLite file shared by all processes of a machine.

Django's file cache renames a file for each count, which waits for the disk (1.5 ms, and much longer
when it is busy); its database cache takes six queries. Here a count is two statements on a SQLite
file that is never synced: a power cut may lose a minute of counts.
"""

from __future__ import annotations

import json
import logging
import os
import random
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

logger = logging.getLogger(__name__)

_TABLE = """
    CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires REAL)
    WITHOUT ROWID
"""
_SET = """
    INSERT INTO entries VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
_ADD = f"{_SET} WHERE entries.expires <= ? RETURNING key"
_INCREMENT = """
    UPDATE entries SET value = CAST(value AS INTEGER) + ?
    WHERE key = ? AND (expires IS NULL OR expires > ?)
    RETURNING value
"""
# One of this many writes also deletes expired entries.
WRITES_PER_CLEANUP = 200
LOCK_TIMEOUT = 0.25  # seconds to wait for the writes of others, each some 20 microseconds


class SqliteCache(BaseCache):
    """Stores JSON values. Errors of the file are logged and count as a cache miss."""

    def __init__(self, path: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = Path(path)
        self._local = threading.local()

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        name = self.make_and_validate_key(key, version)
        rows = self._run(
            "SELECT value FROM entries WHERE key = ? AND (expires IS NULL OR expires > ?)",
            (name, time.time()),
        )
        return json.loads(rows[0][0]) if rows else default

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        name = self.make_and_validate_key(key, version)
        self._run(_SET, (name, json.dumps(value), self.get_backend_timeout(timeout)))
        if random.randrange(WRITES_PER_CLEANUP) == 0:  # noqa: S311
            self._run("DELETE FROM entries WHERE expires < ?", (time.time(),))

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        name = self.make_and_validate_key(key, version)
        now, expires = time.time(), self.get_backend_timeout(timeout)
        return bool(self._run(_ADD, (name, json.dumps(value), expires, now)))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Atomic, unlike that of BaseCache: one statement."""
        name = self.make_and_validate_key(key, version)
        rows = self._run(_INCREMENT, (delta, name, time.time()))
        if not rows:
            raise ValueError(f"Key '{key}' not found")
        return int(rows[0][0])

    def delete(self, key: str, version: int | None = None) -> bool:
        """Delete the entry from the file's bytes too: its key may name an erased user."""
        name = self.make_and_validate_key(key, version)
        deleted = self._run("DELETE FROM entries WHERE key = ? RETURNING key", (name,))
        if deleted:
            self._run("PRAGMA wal_checkpoint(TRUNCATE)", ())
        return bool(deleted)

    def clear(self) -> None:
        self._run("DELETE FROM entries", ())

    def _run(self, statement: str, values: tuple) -> list[tuple]:
        try:
            return self._connection().execute(statement, values).fetchall()
        except (sqlite3.Error, OSError) as error:
            logger.warning("Requests are not counted: %s", error)
            self._local.connection = None
            return []

    def _connection(self) -> sqlite3.Connection:
        """One per thread and process: SQLite connections must not cross a fork."""
        owner = getattr(self._local, "owner", None)
        if owner != os.getpid() or self._local.connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=LOCK_TIMEOUT, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(_TABLE)
            self._local.connection, self._local.owner = connection, os.getpid()
        return self._local.connection
