"""Imports of data sets: state, progress and outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cfsite.lib.progress import Phases, Progress
from cfsite.lib.queue.worker_claims import is_dead

CHECKING, MOVIES, RATINGS = "checking", "movies", "ratings"
# A large first import on PostgreSQL has these two in the place of RATINGS.
LOADING, INDEXING = "loading", "indexing"


def _phases(checking: float, movies: float, loading: float | None = None) -> Phases:
    """
    Args:
        loading: The share of filling the load table; None if ratings are written in place.
    """
    first: Phases = {
        CHECKING: (_("Checking every line"), checking),
        MOVIES: (_("Importing movies"), movies),
    }
    rest = 1 - checking - movies
    if loading is None:
        return {**first, RATINGS: (_("Importing ratings"), rest)}
    return {
        **first,
        LOADING: (_("Importing ratings"), loading),
        INDEXING: (_("Building indexes and counting ratings"), rest - loading),
    }


# Weighted by what 5 million ratings took.
PHASES, LOAD_PHASES = _phases(0.1, 0.05), _phases(0.1, 0.05, 0.4)
# A strict import reads all lines twice before it writes any.
PHASES_IF_STRICT, LOAD_PHASES_IF_STRICT = _phases(0.2, 0.05), _phases(0.2, 0.05, 0.35)


def import_progress(
    phase: str, part: float, began: datetime | None, *, is_strict: bool = False
) -> Progress:
    """
    Args:
        part: The share of this phase that is done, 0 to 1.
    """
    if phase in (LOADING, INDEXING):
        phases = LOAD_PHASES_IF_STRICT if is_strict else LOAD_PHASES
    else:
        phases = PHASES_IF_STRICT if is_strict else PHASES
    return Progress.at(phases, phase, part, began, _("Getting ready"))


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
    # Bytes of the ratings file; lines if the data set has no file; steps of INDEXING.
    done = models.PositiveBigIntegerField(_("read"), default=0)
    total = models.PositiveBigIntegerField(_("total"), default=0)
    rows = models.PositiveBigIntegerField(_("ratings read"), default=0)
    rejected = models.PositiveBigIntegerField(_("lines rejected"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), default=timezone.now)
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
        part = self.done / self.total if self.total and self.phase != MOVIES else 0
        return import_progress(self.phase, part, self.started_at, is_strict=self.is_strict)


class UnfinishedLoad(models.Model):
    """How far the load table of a large data set is filled (movies/imports/table_load.py).

    The row is deleted when the load has finished. After a killed one, the next import of the same
    file goes on from there.
    """

    data_set = models.CharField(_("data set"), max_length=100)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    loaded_lines = models.PositiveBigIntegerField(_("lines read"), default=0)
    worker = models.CharField(_("process"), max_length=200)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), default=timezone.now)

    class Meta:
        verbose_name = _("unfinished import")
        verbose_name_plural = _("unfinished imports")

    def __str__(self) -> str:
        return self.data_set


class ImportedDataSet(models.Model):
    """A data set whose raters are here: "ml-25m:17" is rater 17 of the set named ml-25m."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    # Of the ratings file that was imported last (DataSet.fingerprint).
    fingerprint = models.CharField(_("fingerprint"), max_length=64, db_index=True)
    first_imported_at = models.DateTimeField(_("first imported"), default=timezone.now)
    imported_at = models.DateTimeField(_("last imported"), default=timezone.now)

    class Meta:
        ordering = ["name"]
        verbose_name = _("data set")
        verbose_name_plural = _("data sets")

    def __str__(self) -> str:
        return self.name
