"""Imports of data sets: state, progress and outcome."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cfsite.lib.progress import Phases, Progress
from cfsite.lib.worker_claims import is_dead

CHECKING, MOVIES, RATINGS = "checking", "movies", "ratings"
PHASES: Phases = {
    MOVIES: (_("Importing movies"), 0.1),
    RATINGS: (_("Importing ratings"), 0.9),
}


# A strict import reads all lines once before it writes any.
PHASES_IF_STRICT: Phases = {
    CHECKING: (_("Checking every line"), 0.2),
    MOVIES: (_("Importing movies"), 0.1),
    RATINGS: (_("Importing ratings"), 0.7),
}


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def running(self) -> Self:
        return self.filter(state=ImportRun.State.RUNNING)


class ImportRun(models.Model):
    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.RUNNING
    )
    data_set = models.CharField(_("data set"), max_length=100)
    is_strict = models.BooleanField(_("all or nothing"), default=False)
    phase = models.CharField(_("phase"), max_length=20, blank=True)
    # Bytes of the ratings file; lines if the data set has no file.
    done = models.PositiveBigIntegerField(_("read"), default=0)
    total = models.PositiveBigIntegerField(_("in all"), default=0)
    rows = models.PositiveBigIntegerField(_("ratings read"), default=0)
    rejected = models.PositiveBigIntegerField(_("lines rejected"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    heartbeat_at = models.DateTimeField(_("last sign of life"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    worker = models.CharField(_("process"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    report = models.JSONField(_("report"), default=dict, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"#{self.pk} {self.data_set}"

    @property
    def is_alive(self) -> bool:
        return self.state == self.State.RUNNING and not is_dead(self)

    @property
    def progress(self) -> Progress:
        phases = PHASES_IF_STRICT if self.is_strict else PHASES
        part = self.done / self.total if self.total and self.phase != MOVIES else 0
        return Progress.at(phases, self.phase, part, self.started_at, _("Getting ready"))
