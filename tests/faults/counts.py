"""How often a fault is made: a few times with the other tests, many by `bin/soak`."""

from __future__ import annotations

import os

SOAK = os.environ.get("TEST_SOAK") == "yes"


def times(short: int, long: int) -> int:
    return long if SOAK else short


def report(what: str) -> None:
    """A line of figures; pytest shows it with -s, as bin/soak does."""
    print(f"\n  {what}", flush=True)
