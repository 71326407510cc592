"""Transactions that are tried again when another writer came in between."""

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
    """Run `work` in a transaction; again, from the start, after a deadlock or a lost race.

    `work` must look up anew whatever it found out inside the transaction; `before_retry` drops
    what was remembered from before.
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
