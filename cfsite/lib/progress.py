"""Progress of long-running work, for the people who wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.utils import timezone
from django.utils.functional import Promise

# The share that must be done before the remaining time can be estimated.
FIRST_ESTIMATE = 0.1

# By phase, in order: its label, and its share of the whole time.
Phases = Mapping[str, tuple[str | Promise, float]]


@dataclass(frozen=True)
class Progress:
    """How far the work is, and how long the rest will take."""

    phase: str | Promise
    share: float  # 0 to 1
    remaining: timedelta | None  # None while it cannot be estimated

    @classmethod
    def at(
        cls,
        phases: Phases,
        phase: str,
        part: float,
        began: datetime | None,
        otherwise: str | Promise,
    ) -> Progress:
        """Progress in the middle of a phase.

        Args:
            part: The share of this phase that is done, 0 to 1.
            otherwise: The label for a phase that `phases` does not have.
        """
        label, weight = phases.get(phase, (otherwise, 0.0))
        earlier = takewhile(lambda name: name != phase, phases)
        share = sum(phases[name][1] for name in earlier) if phase in phases else 0.0
        share = min(share + weight * min(part, 1.0), 0.99)
        remaining = None
        if began and share >= FIRST_ESTIMATE:
            remaining = (timezone.now() - began) * ((1 - share) / share)
        return cls(label, share, remaining)

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def minutes(self) -> int | None:
        """The remaining minutes, rounded up; None while they cannot be estimated."""
        if self.remaining is None:
            return None
        return max(1, -(-int(self.remaining.total_seconds()) // 60))
