"""Which backups were made, and which were tried in vain."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BackupQuerySet(models.QuerySet["Backup"]):
    def made(self) -> Self:
        return self.filter(error="")

    def newest_first(self) -> Self:
        return self.order_by("-finished_at", "-pk")


class Backup(models.Model):
    """Written when it has ended, so that no backup holds itself as unfinished."""

    name = models.CharField(_("file"), max_length=200)
    place = models.CharField(_("place"), max_length=500)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    started_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("ended"), default=timezone.now)
    is_scheduled = models.BooleanField(_("scheduled"), default=False)
    error = models.TextField(_("error"), blank=True, default="")
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = BackupQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-finished_at", "-pk"]

    def __str__(self) -> str:
        return self.name
