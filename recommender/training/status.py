"""How far the refit is that runs now, for people who wait for their first list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cfsite.lib.progress import Phases, Progress
from cfsite.lib.worker_claims import is_dead
from recommender.models import TrainingRun

PHASES: Phases = {
    "reading ratings": (_("Reading the ratings"), 0.03),
    "learning without the held-out ratings": (_("Learning, with some ratings held back"), 0.45),
    "learning from all ratings": (_("Learning from all ratings"), 0.42),
    "storing": (_("Storing what was learned"), 0.05),
    "checking what was stored": (_("Checking what was stored"), 0.02),
    "drawing the taste map": (_("Drawing the map of taste"), 0.03),
}


def learning_now() -> Progress | None:
    """The refit that runs, or None."""
    run = TrainingRun.objects.running().first()
    return run and learning_of(run)


def learning_of(run: TrainingRun) -> Progress | None:
    """How far this running refit is; None if its process is gone."""
    if is_dead(run):
        return None
    part = run.done / run.total if run.total else 0
    return Progress.at(PHASES, run.phase, part, run.started_at, _("Getting ready"))
