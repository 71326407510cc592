"""Progress of the running refit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cfsite.lib.progress import Phases, Progress
from cfsite.lib.queue.worker_claims import is_dead
from recommender.models import TrainingRun

PHASES: Phases = {
    "reading ratings": (_("Reading ratings"), 0.03),
    "learning without the held-out ratings": (_("Learning, with some ratings held back"), 0.45),
    "learning from all ratings": (_("Learning from all ratings"), 0.42),
    "storing": (_("Saving what was learned"), 0.04),
    "checking what was stored": (_("Checking what was saved"), 0.02),
    "drawing the taste map": (_("Drawing the taste map"), 0.03),
    "comparing with the live run": (_("Comparing with the live model"), 0.01),
}


def current_refit() -> Progress | None:
    """Progress of the running refit; None if there is none."""
    run = TrainingRun.objects.running().first()
    return run and refit_progress(run)


def refit_progress(run: TrainingRun) -> Progress | None:
    """Progress of this running refit; None if its process is gone."""
    if is_dead(run):
        return None
    part = run.done / run.total if run.total else 0
    return Progress.at(PHASES, run.phase, part, run.started_at, _("Getting ready"))
