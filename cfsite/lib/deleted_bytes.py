"""Overwriting of what deleted rows leave behind in files."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import connection
from django.utils import timezone

logger = logging.getLogger(__name__)

# A checkpoint waits for readers; nobody who erases an account waits longer than this.
MILLISECONDS = 1000


def overwrite() -> bool:
    """Empty SQLite's write-ahead log, and drop expired entries of the cache table.

    `secure_delete` fills deleted rows with zeros, but the log still holds the pages of before.
    False if a reader was in the way; the worker tries again every hour. On PostgreSQL, vacuum
    and the server's own log do the same in their time.
    """
    _drop_expired_cache_entries()
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    return _empty_write_ahead_log()


def _empty_write_ahead_log() -> bool:
    timeout = int(1000 * connection.settings_dict["OPTIONS"].get("timeout", 5))
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {MILLISECONDS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy = bool(cursor.fetchone()[0])
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {timeout}")
    if is_busy:
        logger.info("The write-ahead log is in use and was not emptied; the worker tries again")
    return not is_busy


def _drop_expired_cache_entries() -> None:
    """Django's database cache keeps them until it is full."""
    cache = settings.CACHES["default"]
    if not cache["BACKEND"].endswith("DatabaseCache"):
        return
    now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
    table = connection.ops.quote_name(cache["LOCATION"])
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608
