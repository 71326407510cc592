"""Logged predictions and stored evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Avg, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Abs
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.models.ratings import Rating
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_stars
from recommender.models.training import TrainingRun

if TYPE_CHECKING:
    from accounts.models import User


class LoggedPredictionQuerySet(models.QuerySet["LoggedPrediction"]):
    def of(self, user: User) -> Self:
        """Predictions for this user whose ratings are still valid."""
        return self.filter(user=user).still_valid()

    def still_valid(self) -> Self:
        """Rows whose rating has been neither removed nor changed since."""
        return self.filter(
            Exists(
                Rating.objects.filter(
                    user=OuterRef("user"),
                    movie=OuterRef("movie"),
                    half_stars=OuterRef("half_stars"),
                )
            )
        )

    def with_error(self) -> Self:
        """`error`: predicted minus given stars."""
        error = F("predicted") - F("half_stars") / 2.0
        return self.annotate(error=ExpressionWrapper(error, models.FloatField()))

    def largest_surprises(self) -> Self:
        """Largest errors first."""
        return self.with_error().order_by(Abs("error").desc(), "-rated_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-rated_at", "-pk")

    def mean_absolute_error(self) -> float | None:
        """In stars; None if nothing was logged."""
        return self.with_error().aggregate(mean=Avg(Abs("error")))["mean"]


class LoggedPrediction(models.Model):
    """What the site predicted for a movie at the moment before a user rated it.

    Computed afterwards (training/prediction_log.py) from the run that served then and the user's
    earlier ratings, so that saving a rating costs nothing extra.
    """

    # Look-ups by user use the index of the unique constraint, which begins with user.
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_index=False)
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="+")
    run = models.ForeignKey(
        TrainingRun, models.CASCADE, related_name="logged_predictions", verbose_name=_("run")
    )
    predicted = models.FloatField(_("predicted stars"))  # 0.5 .. 5, as shown
    half_stars = models.PositiveSmallIntegerField(_("half stars given"))
    prediction_shown = models.BooleanField(_("prediction was visible"))
    rated_at = models.DateTimeField(_("rated"))

    objects = LoggedPredictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("logged prediction")
        verbose_name_plural = _("logged predictions")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "movie"], name="recommender_loggedprediction_once"
            ),
            models.CheckConstraint(
                condition=Q(half_stars__gte=HALF_STARS_MIN, half_stars__lte=HALF_STARS_MAX),
                name="recommender_loggedprediction_on_the_grid",
            ),
            models.CheckConstraint(
                condition=Q(predicted__gte=0.5, predicted__lte=5.0),
                name="recommender_loggedprediction_in_stars",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.predicted:.1f}, then {self.stars}"

    @property
    def stars(self) -> float:
        """Stars given."""
        return to_stars(self.half_stars)


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def of_site(self) -> Self:
        """Evaluations on the site's own ratings, not on a data set."""
        return self.filter(source=Evaluation.SITE)

    def running(self) -> Self:
        return self.filter(state=Evaluation.State.RUNNING)

    def finished(self) -> Self:
        return self.filter(state=Evaluation.State.FINISHED)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Evaluation(models.Model):
    """One measurement of the model and the baselines on held-out ratings."""

    SITE = "site"

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.RUNNING
    )
    # "site", or the name or path of a data set.
    source = models.CharField(_("data"), max_length=200, default=SITE)
    protocol = models.CharField(_("protocol"), max_length=20)
    # The run whose hyperparameters were used; null for a data set or before the first run.
    run = models.ForeignKey(
        TrainingRun,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="evaluations",
        verbose_name=_("training run"),
    )
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=200, blank=True)
    phase = models.CharField(_("phase"), max_length=100, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    code_version = models.CharField(_("code version"), max_length=40, blank=True)
    # The table of core.evaluation.comparison, with the limits that kept the evaluation short.
    table = models.JSONField(_("table"), default=dict, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(source="site", state="running"),
                name="recommender_one_running_evaluation",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.source}, {self.protocol}"
