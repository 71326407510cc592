"""How often lists were opened, and how often that led to something: totals of days."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class ListUseQuerySet(models.QuerySet["ListUse"]):
    def add(self, day: date, *, opened: int = 0, led_on: int = 0) -> None:
        rows = self.filter(day=day)
        counts = {"opened": F("opened") + opened, "led_on": F("led_on") + led_on}
        if not rows.update(**counts):
            self.bulk_create([ListUse(day=day)], ignore_conflicts=True)
            rows.update(**counts)


class ListUse(models.Model):
    """One day. Neither who opened a list nor what was on it is kept."""

    day = models.DateField(_("day"), primary_key=True)
    opened = models.PositiveIntegerField(_("lists opened"), default=0)
    led_on = models.PositiveIntegerField(_("led to a rating or watchlist mark"), default=0)

    objects = ListUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of lists")
        verbose_name_plural = _("use of lists")

    def __str__(self) -> str:
        return f"{self.day}: {self.led_on} of {self.opened}"
