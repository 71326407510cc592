"""Hyper-parameter searches and their trials."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class HyperparameterSearchQuerySet(models.QuerySet["HyperparameterSearch"]):
    def in_use(self) -> HyperparameterSearch | None:
        return self.filter(is_in_use=True).first()

    def running(self) -> Self:
        return self.filter(state=HyperparameterSearch.State.RUNNING)

    def paused(self) -> Self:
        return self.filter(state=HyperparameterSearch.State.PAUSED)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class HyperparameterSearch(models.Model):
    """One search: its progress, what it found, and whether refits use it."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.RUNNING
    )
    is_in_use = models.BooleanField(_("in use"), default=False)
    reason = models.TextField(_("reason"), blank=True)

    started_at = models.DateTimeField(_("started"), default=timezone.now)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=200, blank=True)
    phase = models.CharField(_("phase"), max_length=60, blank=True)

    budget_seconds = models.FloatField(_("time limit in seconds"))
    spent_seconds = models.FloatField(_("seconds spent"), default=0)
    seed = models.BigIntegerField(_("seed"), default=0)

    data = models.JSONField(_("data snapshot"), default=dict, blank=True)
    # The change counter in the snapshot that was searched on last.
    rating_changes = models.PositiveBigIntegerField(_("rating changes"), default=0)
    code_version = models.CharField(_("code version"), max_length=40, blank=True)
    # The defaults and bounds it searched with (tuning.space.recipe).
    recipe = models.JSONField(default=dict, blank=True)

    # For each finished stage, scores of the defaults and the best trial, on the confirming users.
    scores = models.JSONField(_("scores"), default=dict, blank=True)
    # Only values that differ from the defaults and proved better.
    values = models.JSONField(_("best values"), default=dict, blank=True)

    objects = HyperparameterSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("hyperparameter search")
        verbose_name_plural = _("hyperparameter searches")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_in_use"],
                condition=Q(is_in_use=True),
                name="recommender_one_search_in_use",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="running"),
                name="recommender_one_running_search",
            ),
            models.CheckConstraint(
                condition=Q(is_in_use=False) | Q(state="finished"),
                name="recommender_search_in_use_is_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_state_display()}"


class SearchTrial(models.Model):
    """One set of values that a search tried; written once, when its score is known."""

    class State(models.TextChoices):
        COMPLETE = "complete", _("complete")
        PRUNED = "pruned", _("cut short")
        FAILED = "failed", _("diverged")

    search = models.ForeignKey(HyperparameterSearch, models.CASCADE, related_name="trials")
    stage = models.CharField(_("stage"), max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    values = models.JSONField(_("values"))
    score = models.FloatField(_("score"), null=True)  # RMSE or NDCG@10
    # Validation RMSE after each quarter of the epochs, where measured.
    quarters = models.JSONField(default=dict, blank=True)
    seconds = models.FloatField(_("seconds"))

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.stage} {self.values}: {self.score}"
