"""When the worker and beat last said that they live."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, name: str, host: str, pid: int) -> None:
        """One upsert."""
        self.bulk_create(
            [Heartbeat(name=name, host=host, pid=pid, at=timezone.now())],
            update_conflicts=True,
            unique_fields=["name", "host", "pid"],
            update_fields=["at"],
        )

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class Heartbeat(models.Model):
    """One process: a beat, or a worker as the reader of one queue."""

    name = models.CharField(_("process"), max_length=100)
    host = models.CharField(_("machine"), max_length=255)
    pid = models.PositiveIntegerField(_("process number"))
    at = models.DateTimeField(_("last heard of"))

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "host", "pid"], name="operations_heartbeat_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.host}"
