"""Transactions that are retried after a conflict with another writer."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

Result = TypeVar("Result")

ATTEMPTS = 4
PAUSE_SECONDS = 0.2


def in_transaction(
    work: Callable[[], Result], before_retry: Callable[[], None] = lambda: None
) -> Result:
    """Run `work` in a transaction, and again from the start after a deadlock or a lost race.

    `work` must read everything it relies on anew. `before_retry` can drop what earlier attempts
    have cached.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return work()
        except (OperationalError, IntegrityError):
            if attempt == ATTEMPTS:
                raise
            before_retry()
            time.sleep(PAUSE_SECONDS * attempt)
    raise AssertionError("unreachable")
