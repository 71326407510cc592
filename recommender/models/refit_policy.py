"""When refits start by themselves, and which run is served whatever they bring."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

THE_ONE = 1


class RefitPolicyQuerySet(models.QuerySet["RefitPolicy"]):
    def the_one(self) -> RefitPolicy:
        """The row, or what it says before anybody has saved it."""
        return self.filter(pk=THE_ONE).first() or RefitPolicy(pk=THE_ONE)

    def locked(self) -> RefitPolicy:
        """The row, which no other transaction changes before this one ends."""
        self.bulk_create([RefitPolicy(pk=THE_ONE)], ignore_conflicts=True)
        return self.select_for_update().get(pk=THE_ONE)

    def for_admin(self) -> Self:
        """A queryset of one row, for Django's admin."""
        self.bulk_create([RefitPolicy(pk=THE_ONE)], ignore_conflicts=True)
        return self


class RefitPolicy(models.Model):
    """The only row. What is empty is as the environment variables say."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    is_paused = models.BooleanField(
        _("paused"),
        default=False,
        help_text=_("No refit starts by itself. One that you request does."),
    )
    interval = models.PositiveIntegerField(
        _("seconds between two refits"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(30 * 86_400)],
        help_text=_("Empty: CFSITE_REFIT_INTERVAL."),
    )
    min_changes = models.PositiveIntegerField(
        _("ratings that must have changed"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: CFSITE_REFIT_MIN_CHANGES."),
    )
    tolerance = models.FloatField(
        _("tolerance in stars"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text=_("How much worse than the live run a new one may be. Empty: 0.02."),
    )
    pinned_run = models.ForeignKey(
        "recommender.TrainingRun",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pinned run"),
    )

    objects = RefitPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("refit policy")
        verbose_name_plural = _("refit policy")
        constraints = [
            models.CheckConstraint(condition=Q(id=THE_ONE), name="recommender_one_policy"),
            models.CheckConstraint(
                condition=Q(tolerance=None) | Q(tolerance__gte=0, tolerance__lte=1),
                name="recommender_policy_tolerance",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Refit policy"))
