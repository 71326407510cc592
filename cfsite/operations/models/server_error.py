"""Unhandled errors of pages and tasks, counted by where and what."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ServerErrorQuerySet(models.QuerySet["ServerError"]):
    def count_one(self, place: str, error: str, request_id: str) -> None:
        now = timezone.now()
        latest = {"last_at": now, "request_id": request_id[:64]}
        rows = self.filter(place=place[:200], error=error[:100])
        if not rows.update(count=F("count") + 1, **latest):
            # Of two processes that meet it first at once, the second one's is not counted.
            self.bulk_create(
                [ServerError(place=place[:200], error=error[:100], **latest)], ignore_conflicts=True
            )

    def since(self, moment: datetime) -> Self:
        return self.filter(last_at__gte=moment).order_by("-last_at")


class ServerError(models.Model):
    """One kind of error. Its message is in the log alone: it may hold what somebody typed."""

    place = models.CharField(_("page or task"), max_length=200)
    error = models.CharField(_("error"), max_length=100)
    count = models.PositiveIntegerField(_("how often"), default=1)
    first_at = models.DateTimeField(_("first"), default=timezone.now)
    last_at = models.DateTimeField(_("last"), default=timezone.now)
    request_id = models.CharField(_("request of the last one"), max_length=64, blank=True)

    objects = ServerErrorQuerySet.as_manager()

    class Meta:
        verbose_name = _("error")
        verbose_name_plural = _("errors")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["place", "error"], name="operations_error_once")
        ]

    def __str__(self) -> str:
        return f"{self.error}: {self.place}"
