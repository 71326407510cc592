"""The policy of refits as it holds now: the admin's row over the environment's values.

Read where it is used, so that an edit counts at once and in every process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from recommender.core.gate.verdict import TOLERANCE
from recommender.models import RefitPolicy


@dataclass(frozen=True)
class Policy:
    is_paused: bool
    interval: timedelta  # between the starts of two refits
    min_changes: int
    tolerance: float  # in stars
    pinned_run_id: int | None


def current() -> Policy:
    """One query."""
    row = RefitPolicy.objects.the_one()
    return Policy(
        is_paused=row.is_paused,
        interval=timedelta(seconds=_or(row.interval, settings.REFIT_INTERVAL)),
        min_changes=max(_or(row.min_changes, settings.REFIT_MIN_CHANGES), 1),
        tolerance=TOLERANCE if row.tolerance is None else row.tolerance,
        pinned_run_id=row.pinned_run_id,
    )


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
