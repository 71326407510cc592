"""How far something is that takes long, for people who wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.utils import timezone
from django.utils.functional import Promise

# Before this part is done, a guess of the rest says nothing.
FIRST_GUESS = 0.1

# Phases in their order: in words, and how much of the whole time each takes.
Phases = Mapping[str, tuple[str | Promise, float]]


@dataclass(frozen=True)
class Progress:
    """One piece of it at this moment."""

    phase: str | Promise
    share: float  # 0 to 1
    rest: timedelta | None  # until it is done, as far as one can tell

    @classmethod
    def at(
        cls,
        phases: Phases,
        phase: str,
        part: float,
        began: datetime | None,
        otherwise: str | Promise,
    ) -> Progress:
        """In `phase`, of which `part` is done; `otherwise` names a phase that is none of these."""
        label, weight = phases.get(phase, (otherwise, 0.0))
        earlier = takewhile(lambda name: name != phase, phases)
        share = sum(phases[name][1] for name in earlier) if phase in phases else 0.0
        share = min(share + weight * min(part, 1.0), 0.99)
        rest = None
        if began and share >= FIRST_GUESS:
            rest = (timezone.now() - began) * ((1 - share) / share)
        return cls(label, share, rest)

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def minutes(self) -> int | None:
        """Rounded up; None while nobody can tell."""
        return None if self.rest is None else max(1, -(-int(self.rest.total_seconds()) // 60))
