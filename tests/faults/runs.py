"""What must hold of the runs whatever was killed."""

from __future__ import annotations

from django.db import connection

from recommender import store
from recommender.models import MovieFactors, TrainingRun, UserFactors

State = TrainingRun.State


def faults_of_the_active_run() -> list[str]:
    """Why the active run is none that pages can be made of; empty if it is whole."""
    connection.close()  # nothing remembered from before the fault
    active = list(TrainingRun.objects.filter(is_active=True))
    if len(active) != 1:
        return [f"{len(active)} active runs"]
    (run,) = active
    found = []
    for model, what in ((MovieFactors, "movies"), (UserFactors, "users")):
        stored = model.objects.filter(run=run).count()
        if stored != run.data[what]:
            found.append(f"run {run.pk} has {stored} of {run.data[what]} {what}")
    if run.state != State.READY:
        found.append(f"run {run.pk} is {run.state}")
    return found


def left_behind() -> list[TrainingRun]:
    """Runs that were not finished, and have rows all the same."""
    unfinished = TrainingRun.objects.exclude(state__in=[State.READY, State.RUNNING])
    return list(store.with_rows(unfinished))
