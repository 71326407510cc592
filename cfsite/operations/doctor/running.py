"""What runs beside the web processes: worker and beat, and the model they keep up to date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from cfsite.operations import heartbeats, state
from cfsite.operations.backups import places, postgresql, schedule
from cfsite.operations.backups.failures import BackupFailed
from cfsite.operations.doctor.findings import Finding, fail, warn, well
from cfsite.operations.models import Heartbeat
from movies.models import Rating
from recommender.training import fit_engine, refit

COMMANDS = {
    heartbeats.BEAT: "celery -A cfsite beat",
    heartbeats.WORKER: "celery -A cfsite worker",
}
# A refit that is due that long after the last one was not just about to begin.
LATE = timedelta(hours=1)


def processes() -> Iterator[Finding]:
    for sign in heartbeats.signs():
        if sign.is_alive:
            yield well(sign.name, f"running on {sign.host}")
        else:
            command = COMMANDS.get(sign.name, COMMANDS[heartbeats.WORKER])
            fix = f"Start it, or look into its log: {command} (docs/install.md#processes)"
            yield fail(sign.name, sign.in_words, fix)


def hosts() -> Iterator[Finding]:
    """Whether workers and beats of several hosts say that they are several."""
    since = timezone.now() - heartbeats.GONE_AFTER
    names = sorted(set(Heartbeat.objects.filter(at__gt=since).values_list("host", flat=True)))
    if len(names) > 1 and not settings.SEVERAL_HOSTS:
        fix = "Set CFSITE_SEVERAL_HOSTS=1 on each: it checks that they share what they must."
        yield warn("hosts", f"Processes run on {', '.join(names)}", fix)


def model() -> Iterator[Finding]:
    model = state.model_state()
    if model.run is None:
        if not Rating.objects.exists():
            fix = (
                "Import a data set (docs/install.md) or let people rate; the worker does the rest."
            )
            yield warn("model", "none yet, and no ratings to learn one from", fix)
        else:
            yield warn("model", "none yet; lists show the best loved movies", "manage.py refit")
        return
    age = model.age or timedelta()
    said = f"run {model.run}, {heartbeats.in_words(age)} old"
    patience = timedelta(seconds=settings.REFIT_INTERVAL + settings.REFIT_TIME_LIMIT) + LATE
    if age > patience and refit.is_due():
        last = f"the last refit, run {model.last_run}, is {model.last_state}"
        fix = "Admin, Training runs, says why. Is the worker running? Else: manage.py refit"
        yield warn("model", f"{said}, and a new one is due; {last}", fix)
    else:
        yield well("model", said)


def fits() -> Iterator[Finding]:
    """Whether refits find the cluster they are to run on."""
    if settings.FIT_ENGINE == "local":
        yield well("fits", "in the worker's own process")
        return
    from recommender.core.fitting.engines.dask import ClusterLost

    try:
        with fit_engine.fit_engine():
            yield well("fits", f"the Dask cluster at {settings.DASK_SCHEDULER} is ready")
    except (ImportError, ClusterLost, ValueError) as error:
        fix = "docs/scaling.md starts scheduler and workers; CFSITE_FIT_ENGINE=local needs neither."
        yield fail("fits", str(error), fix)


def backups() -> Iterator[Finding]:
    """Whether the worker makes them, and could make the next one."""
    try:
        if connection.vendor == "postgresql":
            postgresql.check_programs()
        places.place(settings.BACKUP_TO)  # boto3, for a bucket
    except BackupFailed as failed:
        yield warn("backups", str(failed), "Without it no backup can be made.")
        return
    if not settings.BACKUP_INTERVAL:
        yield well("backups", "none are made by themselves (CFSITE_BACKUP_INTERVAL=0)")
    elif said := schedule.overdue():
        yield warn("backups", said, "manage.py backup says what is in the way")
    elif last := schedule.newest():
        age = heartbeats.in_words(timezone.now() - last.finished_at)
        yield well("backups", f"the newest is {age} old, in {last.place}")
    else:
        yield well("backups", f"the first is about to be made, in {settings.BACKUP_TO}")
