"""What staff are told about: the alert, and the messages that tell of it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class Alert(models.Model):
    """Something that is wrong, from the moment it was noticed until it was over."""

    class Kind(models.TextChoices):
        WORKER_GONE = "worker_gone", _("The worker is not running")
        BEAT_GONE = "beat_gone", _("The schedule (beat) is not running")
        REFIT_REJECTED = "refit_rejected", _("A refit was rejected")
        REFIT_FAILED = "refit_failed", _("A refit failed")
        DISK_LOW = "disk_low", _("The disk is almost full")
        BACKUP_OVERDUE = "backup_overdue", _("The backup is overdue")
        MAIL_FAILING = "mail_failing", _("Mail can’t be sent")
        ERRORS = "errors", _("Pages or tasks fail with errors")

    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    detail = models.TextField(_("details"), blank=True)
    opened_at = models.DateTimeField(_("since"), default=timezone.now)
    closed_at = models.DateTimeField(_("over"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(closed_at=None), name="operations_one_open_alert"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AlertMessageQuerySet(models.QuerySet["AlertMessage"]):
    def waiting(self) -> Self:
        return self.filter(sent_at=None, given_up=False)


class AlertMessage(models.Model):
    """One thing to say over one channel; kept until it could be sent."""

    class Event(models.TextChoices):
        OPENED = "opened", _("begun")
        CLOSED = "closed", _("over")

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="messages")
    event = models.CharField(_("event"), max_length=10, choices=Event.choices)
    channel = models.CharField(_("channel"), max_length=20)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    given_up = models.BooleanField(_("given up"), default=False)
    error = models.TextField(_("error"), blank=True)

    objects = AlertMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert message")
        verbose_name_plural = _("alert messages")
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "event", "channel"], name="operations_alert_told_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.event}"
