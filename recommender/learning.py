"""How far the refit is that runs now, for people who wait for their first list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recommender.claiming import is_dead
from recommender.models import TrainingRun

# The phases of a refit in their order: in words, and how much of its time each takes.
PHASES: Mapping[str, tuple[str | Promise, float]] = {
    "reading ratings": (_("Reading the ratings"), 0.03),
    "learning without the held-out ratings": (_("Learning, with some ratings held back"), 0.45),
    "learning from all ratings": (_("Learning from all ratings"), 0.42),
    "storing": (_("Storing what was learned"), 0.05),
    "checking what was stored": (_("Checking what was stored"), 0.02),
    "drawing the taste map": (_("Drawing the map of taste"), 0.03),
}
# Before this part is done, a guess of the rest says nothing.
FIRST_GUESS = 0.1


@dataclass(frozen=True)
class Learning:
    """One refit at this moment."""

    phase: str | Promise
    share: float  # 0 to 1
    rest: timedelta | None  # until it is done, as far as one can tell

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def minutes(self) -> int | None:
        """Rounded up; None while nobody can tell."""
        return None if self.rest is None else max(1, -(-int(self.rest.total_seconds()) // 60))


def learning_now() -> Learning | None:
    """The refit that runs, or None."""
    run = TrainingRun.objects.running().first()
    if run is None or is_dead(run):
        return None
    label, weight = PHASES.get(run.phase, (_("Getting ready"), 0.0))
    earlier = takewhile(lambda phase: phase != run.phase, PHASES)
    share = sum(PHASES[phase][1] for phase in earlier) if run.phase in PHASES else 0.0
    share += weight * (run.done / run.total if run.total else 0)
    share = min(share, 0.99)
    rest = None
    if run.started_at and share >= FIRST_GUESS:
        rest = (timezone.now() - run.started_at) * ((1 - share) / share)
    return Learning(label, share, rest)
