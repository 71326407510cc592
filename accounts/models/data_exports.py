"""Exports that the worker makes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def waiting(self) -> Self:
        """Not ready, and not being made by a worker that may still be alive."""
        given_up = timezone.now() - DataExport.GIVEN_UP_AFTER
        idle = Q(started_at=None) | Q(started_at__lt=given_up)
        return self.filter(idle, ready_at=None, attempts__lt=DataExport.ATTEMPTS).order_by("pk")

    def expired(self) -> Self:
        return self.filter(asked_at__lt=timezone.now() - DataExport.KEPT_FOR)


class DataExport(models.Model):
    """A user's export that the worker makes, because it is too large to make in a request."""

    KEPT_FOR = timedelta(days=3)
    GIVEN_UP_AFTER = timedelta(hours=1)
    ATTEMPTS = 3

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("requested"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True)
    ready_at = models.DateTimeField(_("ready"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.ready_at or self.asked_at}"

    @property
    def has_failed(self) -> bool:
        return self.ready_at is None and self.attempts >= self.ATTEMPTS

    @property
    def state(self) -> str:
        if self.ready_at:
            return "ready"
        if self.has_failed:
            return "failed"
        return "waiting" if self.started_at is None else "running"

    @property
    def is_late(self) -> bool:
        """Whether no worker has begun in a time in which one would have."""
        late = self.asked_at < timezone.now() - timedelta(seconds=5 * settings.REFIT_TICK)
        return late and self.started_at is None and self.ready_at is None

    @property
    def kept_until(self) -> datetime:
        return self.asked_at + self.KEPT_FOR


class DataExportPiece(models.Model):
    """A part of a ready export. Rows instead of a file: they need no folder that the web and the
    worker share, only the owner's request reads them, and they are erased with the account."""

    export = models.ForeignKey(DataExport, models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = _("part of a data export")
        verbose_name_plural = _("parts of data exports")
        constraints = [
            models.UniqueConstraint(
                fields=["export", "number"], name="accounts_dataexportpiece_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}: {self.number}"
