"""What staff are told of: each condition says what is wrong at this moment, if anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from cfsite.operations import heartbeats
from cfsite.operations.backups import schedule
from cfsite.operations.models import Alert, OutgoingMail, ServerError
from recommender.models import TrainingRun

Kind = Alert.Kind

# How long after the last error it counts as over.
ERRORS_ARE_OVER_AFTER = timedelta(hours=1)
N_ERRORS_NAMED = 5


class Trouble(NamedTuple):
    kind: Kind
    detail: str


def processes() -> Iterator[Trouble]:
    for sign in heartbeats.missing():
        kind = Kind.BEAT_GONE if sign.name == heartbeats.BEAT else Kind.WORKER_GONE
        where = f" (last on {sign.host}, process {sign.pid})" if sign.host else ""
        yield Trouble(kind, f"{sign.name}: {sign.in_words}{where}.")


def refits() -> Iterator[Trouble]:
    """Of the newest refit that ended by itself."""
    State = TrainingRun.State
    ended = TrainingRun.objects.filter(state__in=[State.READY, State.REJECTED, State.FAILED])
    run = ended.only("pk", "state", "reason").newest_first().first()
    if run is not None and run.state != State.READY:
        kind = Kind.REFIT_REJECTED if run.state == State.REJECTED else Kind.REFIT_FAILED
        yield Trouble(kind, f"Run {run.pk}: {run.reason}")


def disk() -> Iterator[Trouble]:
    free = shutil.disk_usage(settings.DATA_DIR).free // 1_000_000
    if free < settings.ALERT_DISK_MB:
        yield Trouble(Kind.DISK_LOW, f"{free:,} MB are free where the data folder is.")


def backups() -> Iterator[Trouble]:
    if said := schedule.overdue():
        yield Trouble(Kind.BACKUP_OVERDUE, said)


def mail() -> Iterator[Trouble]:
    failing = OutgoingMail.objects.failing().order_by("-pk")
    if n := failing.count():
        # The kind of error alone: its text may hold addresses of members.
        error = failing[0].error.partition(":")[0]
        yield Trouble(Kind.MAIL_FAILING, f"{n} not sent so far, the last one for {error}.")


def errors() -> Iterator[Trouble]:
    recent = ServerError.objects.since(timezone.now() - ERRORS_ARE_OVER_AFTER)
    named = [
        f"{one.error} in {one.place} ({one.count} so far, the last one in {one.request_id})"
        for one in recent[:N_ERRORS_NAMED]
    ]
    if named:
        yield Trouble(Kind.ERRORS, "\n".join(named))


# By the kinds that each may find; a condition that cannot be looked at closes nothing.
CONDITIONS: dict[Callable[[], Iterator[Trouble]], tuple[Kind, ...]] = {
    processes: (Kind.WORKER_GONE, Kind.BEAT_GONE),
    refits: (Kind.REFIT_REJECTED, Kind.REFIT_FAILED),
    disk: (Kind.DISK_LOW,),
    backups: (Kind.BACKUP_OVERDUE,),
    mail: (Kind.MAIL_FAILING,),
    errors: (Kind.ERRORS,),
}
