"""The version of all offers and libraries, as this process knows it.

A process reads it at most once a minute: offers change by the week, and no page waits for it. The
process that changes something sees it at once.
"""

from __future__ import annotations

import time

from movies.models import AvailabilityVersion

SECONDS_KEPT = 60.0

_known: tuple[int, float] | None = None  # the version, and until when it is believed


def current_version() -> int:
    """0 if no offer and no library was ever known."""
    global _known
    known = _known
    if known is None or time.monotonic() >= known[1]:
        known = _known = (AvailabilityVersion.current(), time.monotonic() + SECONDS_KEPT)
    return known[0]


def advance_version() -> None:
    """To be called in the transaction that writes offers or library items."""
    AvailabilityVersion.advance()
    forget_version()


def forget_version() -> None:
    global _known
    _known = None
