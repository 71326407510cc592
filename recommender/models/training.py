"""Training runs and their stored factors."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TrainingRunQuerySet(models.QuerySet["TrainingRun"]):
    def active(self) -> TrainingRun | None:
        return self.filter(is_active=True).first()

    def active_id(self) -> int | None:
        return self.filter(is_active=True).order_by().values_list("pk", flat=True).first()

    def running(self) -> Self:
        return self.filter(state=TrainingRun.State.RUNNING)

    def queued(self) -> Self:
        return self.filter(state=TrainingRun.State.QUEUED).order_by("pk")

    def finished(self) -> Self:
        """Runs that were fitted, whether activated or rejected."""
        return self.filter(state__in=[TrainingRun.State.READY, TrainingRun.State.REJECTED])

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class TrainingRun(models.Model):
    """One refit: its parameters, data, metrics and state."""

    class State(models.TextChoices):
        QUEUED = "queued", _("requested")
        RUNNING = "running", _("running")
        READY = "ready", _("ready")
        REJECTED = "rejected", _("rejected")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.RUNNING
    )
    is_active = models.BooleanField(_("live"), default=False)
    reason = models.TextField(_("reason"), blank=True)
    # Goes live whatever the gate says.
    is_forced = models.BooleanField(_("forced"), default=False)

    created_at = models.DateTimeField(_("requested at"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    activated_at = models.DateTimeField(_("went live"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=200, blank=True)

    phase = models.CharField(_("phase"), max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    seed = models.BigIntegerField(_("seed"), default=0)
    hyperparameters = models.JSONField(_("hyperparameters"), default=dict, blank=True)
    data = models.JSONField(_("data snapshot"), default=dict, blank=True)
    # The change counter in the fitted snapshot.
    rating_changes = models.PositiveBigIntegerField(_("rating changes"), default=0)
    metrics = models.JSONField(_("metrics"), default=dict, blank=True)
    # With the run that was live before it (training/comparison.py).
    comparison = models.JSONField(_("compared with the run before"), default=dict, blank=True)
    curve = models.JSONField(_("learning curve"), default=list, blank=True)
    # Constants of the movie factors: global mean, mean user, ... (ItemFactors.summary()).
    summary = models.JSONField(_("constants"), default=dict, blank=True)
    code_version = models.CharField(_("code version"), max_length=40, blank=True)
    # Users whose ratings it learned from and who erased their account since, and the last time.
    n_erased = models.PositiveIntegerField(_("accounts erased since"), default=0)
    erased_at = models.DateTimeField(_("last erasure"), null=True, blank=True)
    # The last rating logged while this run is active (training/prediction_log.py).
    logged_up_to = models.PositiveBigIntegerField(null=True, blank=True)

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="recommender_one_active_run"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="recommender_one_running_run"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="queued"), name="recommender_one_queued_run"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(state="ready"),
                name="recommender_active_run_is_ready",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_state_display()}"


class MovieFactors(models.Model):
    """One movie's factors in a run. Vectors are little-endian float32 (training/store.py)."""

    run = models.ForeignKey(
        TrainingRun, models.CASCADE, related_name="movie_factors", db_index=False
    )
    # No database constraint: a movie deleted while the run is being written must not make the run
    # fail. Django still deletes these rows with the movie.
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="+", db_constraint=False)
    bias = models.FloatField()
    vector = models.BinaryField()
    implicit = models.BinaryField()
    interest = models.BinaryField()
    variance = models.BinaryField()
    n_ratings = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "movie"], name="recommender_moviefactors_once")
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}, movie {self.movie_id}"


class UserFactors(models.Model):
    """One user's factors in a run, and the movies they had rated when it was fitted.

    On PostgreSQL each run has a partition (recommender/user_partitions.py).
    """

    pk = models.CompositePrimaryKey("run_id", "user_id")
    # No database constraints: each row would cost a look-up, a partition could not be attached
    # without locking the runs, and a user deleted while the run is being written must not make it
    # fail. Django still deletes these rows with the run and with the user.
    run = models.ForeignKey(
        TrainingRun,
        models.CASCADE,
        related_name="user_factors",
        db_index=False,
        db_constraint=False,
    )
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    bias = models.FloatField()
    vector = models.BinaryField()
    implicit = models.BinaryField()
    interest = models.BinaryField()
    n_ratings = models.PositiveIntegerField()
    # Ascending ids of those movies, little-endian int32: folding in excludes the user's own share
    # from their factors, as the fit did.
    fitted_movies = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["user"], name="recommender_userfactors_user")]

    def __str__(self) -> str:
        return f"run {self.run_id}, user {self.user_id}"
