"""The state of the site in numbers: for the dashboard, /readyz and /metrics."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from accounts.models import DataExport
from cfsite.operations.models import OutgoingMail
from movies.models import PersonalImport
from recommender.models import TrainingRun


@dataclass(frozen=True)
class ModelState:
    """The run that is served, and the newest refit that ended."""

    run: int | None = None
    activated_at: datetime | None = None
    fitted_at: datetime | None = None  # when the served one was finished
    last_run: int | None = None
    last_state: str = ""
    last_ended_at: datetime | None = None

    @property
    def age(self) -> timedelta | None:
        since = self.fitted_at or self.activated_at
        return since and max(timezone.now() - since, timedelta())


def model_state() -> ModelState:
    """Two queries."""
    served = (
        TrainingRun.objects.filter(is_active=True)
        .order_by()
        .values_list("pk", "activated_at", "finished_at")
        .first()
    ) or (None, None, None)
    last = (
        TrainingRun.objects.exclude(finished_at=None)
        .newest_first()
        .values_list("pk", "state", "finished_at")
        .first()
    ) or (None, "", None)
    return ModelState(*served, *last)


@dataclass(frozen=True)
class Queue:
    """What waits for the worker, read from the rows it takes its work from."""

    refits: int
    imports: int
    exports: int
    mails: int

    @property
    def total(self) -> int:
        return self.refits + self.imports + self.exports + self.mails


def queue() -> Queue:
    return Queue(
        refits=TrainingRun.objects.queued().count(),
        imports=PersonalImport.objects.filter(state=PersonalImport.State.WAITING).count(),
        exports=DataExport.objects.filter(started_at=None, ready_at=None).count(),
        mails=OutgoingMail.objects.exclude(next_attempt_at=None).count(),
    )


@dataclass(frozen=True)
class Disk:
    free: int  # bytes, where the data folder is
    total: int

    @property
    def is_low(self) -> bool:
        return self.free < settings.ALERT_DISK_MB * 1_000_000


def disk() -> Disk:
    usage = shutil.disk_usage(settings.DATA_DIR)
    return Disk(usage.free, usage.total)


def count_by_state() -> dict[str, int]:
    """Number of refits on record in each state."""
    counts = TrainingRun.objects.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(counts)
