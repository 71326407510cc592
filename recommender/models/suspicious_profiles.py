"""Profiles that the last refit found suspicious."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class SuspiciousProfileQuerySet(models.QuerySet["SuspiciousProfile"]):
    def open(self) -> Self:
        """Those that nobody has decided about."""
        return self.filter(cleared_at=None, user__quarantined_at=None)


class SuspiciousProfile(models.Model):
    """Why a member's ratings may be made up, as of the last refit that saw them."""

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="+")
    suspicion = models.FloatField(_("suspicion"))
    rdma = models.FloatField()
    principal_share = models.FloatField()
    n_ratings = models.PositiveIntegerField(_("ratings"))
    found_at = models.DateTimeField(_("found"))
    # Staff looked and found nothing wrong: it is not listed again.
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)

    objects = SuspiciousProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspicious profile")
        verbose_name_plural = _("suspicious profiles")
        ordering = ["-suspicion", "pk"]

    def __str__(self) -> str:
        return str(self.user)
