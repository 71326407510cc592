"""Partitions of the users' factors, one for each run, on PostgreSQL.

Dropping one takes a moment however many rows it has, where a DELETE of 160,000 rows leaves as many
dead ones behind for a vacuum. Rows of a run without a partition are in the default one.

Attaching and dropping lock what pages read, and pages wait behind whoever waits for a lock. So they
wait for the lock no longer than a page may stand still, and try again.
"""

from __future__ import annotations

import logging
import time

from django.db import OperationalError, connection, transaction

from recommender.models import TrainingRun, UserFactors

logger = logging.getLogger(__name__)

TABLE = UserFactors._meta.db_table
LOCK_TIMEOUT = "200ms"
ATTEMPTS = 10
PAUSE = 0.5  # seconds between attempts


def make(run_id: int) -> None:
    """Give a run that has no rows yet a partition.

    Where others keep the table locked, as a dump does, the rows will go to the default partition.
    """
    if connection.vendor == "postgresql" and run_id not in runs():
        _soon(
            f"CREATE TABLE {_name(run_id)} (LIKE {TABLE} INCLUDING ALL)",
            f"ALTER TABLE {TABLE} ATTACH PARTITION {_name(run_id)} FOR VALUES IN ({run_id:d})",
        )


def drop(run_id: int) -> bool:
    """Drop a run's partition with its rows, if it has one; whether that was possible."""
    if connection.vendor != "postgresql" or run_id not in runs():
        return True
    return _soon(f"DROP TABLE IF EXISTS {_name(run_id)}")


def drop_unused() -> None:
    """Drop the partitions of runs that have been deleted."""
    if connection.vendor == "postgresql" and (found := runs()):
        kept = TrainingRun.objects.filter(pk__in=found).values_list("pk", flat=True)
        for run_id in found.difference(kept):
            drop(run_id)


def _name(run_id: int) -> str:
    return f"{TABLE}_run_{run_id:d}"


def runs() -> set[int]:
    """Ids of the runs that have a partition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass",
            [TABLE],
        )
        numbers = (name.rpartition("_run_")[2] for (name,) in cursor.fetchall())
        return {int(number) for number in numbers if number.isdigit()}


def _soon(*statements: str) -> bool:
    """Run the statements in one transaction as soon as others let go of the table."""
    for attempt in range(ATTEMPTS):
        time.sleep(PAUSE if attempt else 0.0)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                for statement in statements:
                    cursor.execute(statement)
                cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return True
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "55P03":  # lock_not_available
                raise
    logger.warning("%s is locked by others; left out: %s", TABLE, statements[-1])
    return False
