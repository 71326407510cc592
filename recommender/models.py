"""What you may like: runs of the fit, and the factors that a run learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Avg, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Abs
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.models import Rating
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_stars
from recommender.onboarding.models import MovieGroups, StartingAnswer  # noqa: F401
from recommender.together.models import Group, Guest, GuestRating, Member  # noqa: F401

if TYPE_CHECKING:
    from accounts.models import User


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
        """Runs that learned something from what was there, serving or not."""
        return self.filter(state__in=[TrainingRun.State.READY, TrainingRun.State.REJECTED])

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class TrainingRun(models.Model):
    """One refit: its parameters, what it saw, how well it did, and where it stands."""

    class State(models.TextChoices):
        QUEUED = "queued", _("asked for")
        RUNNING = "running", _("running")
        READY = "ready", _("ready")
        REJECTED = "rejected", _("rejected")
        FAILED = "failed", _("failed")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.RUNNING
    )
    is_active = models.BooleanField(_("serves the site"), default=False)
    reason = models.TextField(_("reason"), blank=True)

    created_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    activated_at = models.DateTimeField(_("switched on"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=200, blank=True)

    phase = models.CharField(_("phase"), max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    seed = models.BigIntegerField(_("seed"), default=0)
    hyperparameters = models.JSONField(_("hyper-parameters"), default=dict, blank=True)
    data = models.JSONField(_("data snapshot"), default=dict, blank=True)
    # The change counter as it stood in the snapshot that was fitted.
    rating_changes = models.PositiveBigIntegerField(_("rating changes"), default=0)
    metrics = models.JSONField(_("metrics"), default=dict, blank=True)
    curve = models.JSONField(_("per epoch"), default=list, blank=True)
    # Small constants of the movie side: global mean, the mean person (ItemFactors.summary()).
    summary = models.JSONField(_("constants"), default=dict, blank=True)
    code_version = models.CharField(_("code version"), max_length=40, blank=True)
    # The last rating the prediction log has looked at while this run serves (prediction_log.py).
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
    """One movie's row of a run. Vectors are little-endian float32, written by store.py alone."""

    run = models.ForeignKey(
        TrainingRun, models.CASCADE, related_name="movie_factors", db_index=False
    )
    # Without a database constraint: a movie deleted while its run is being written must not make
    # the whole run fail. Deleting a movie still deletes its rows, through Django.
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
    """One person's row of a run, and which movies the fit had seen that person rate."""

    run = models.ForeignKey(
        TrainingRun, models.CASCADE, related_name="user_factors", db_index=False
    )
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_constraint=False)
    bias = models.FloatField()
    vector = models.BinaryField()
    implicit = models.BinaryField()
    interest = models.BinaryField()
    # Ascending ids of the rated movies, little-endian int32: the live solution leaves this
    # person's own share out of those movies' factors, as the fit did.
    fitted_movies = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "user"], name="recommender_userfactors_once")
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}, user {self.user_id}"


class LoggedPredictionQuerySet(models.QuerySet["LoggedPrediction"]):
    def of(self, user: User) -> Self:
        """What was said to this person, as far as the ratings still stand."""
        return self.filter(user=user).standing()

    def standing(self) -> Self:
        """Without ratings that were removed or changed since: the log forgets them."""
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
        """Farthest from what was given first."""
        return self.with_error().order_by(Abs("error").desc(), "-rated_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-rated_at", "-pk")

    def mean_absolute_error(self) -> float | None:
        """In stars; None when nothing was logged."""
        return self.with_error().aggregate(mean=Avg(Abs("error")))["mean"]


class LoggedPrediction(models.Model):
    """What the site would have said of a movie in the moment before somebody rated it.

    Written after the fact (prediction_log.py), from the run that served then and the ratings the
    person had given before: nothing is added to the path of a rating.
    """

    # The unique constraint's index begins with user and serves look-ups by user.
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_index=False)
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="+")
    run = models.ForeignKey(
        TrainingRun, models.CASCADE, related_name="logged_predictions", verbose_name=_("run")
    )
    predicted = models.FloatField(_("predicted stars"))  # 0.5 .. 5, as shown
    half_stars = models.PositiveSmallIntegerField(_("half stars given"))
    prediction_shown = models.BooleanField(_("a prediction was visible"))
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
        """What was given."""
        return to_stars(self.half_stars)


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def of_site(self) -> Self:
        """Of the site's own ratings, not of a data set that somebody named."""
        return self.filter(source=Evaluation.SITE)

    def running(self) -> Self:
        return self.filter(state=Evaluation.State.RUNNING)

    def finished(self) -> Self:
        return self.filter(state=Evaluation.State.FINISHED)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Evaluation(models.Model):
    """One measurement of the model beside the baselines, on ratings held out."""

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
    # The run that served, whose settings were used; none for a data set or before the first run.
    run = models.ForeignKey(
        TrainingRun,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="evaluations",
        verbose_name=_("training run"),
    )
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    heartbeat_at = models.DateTimeField(_("last sign of life"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=200, blank=True)
    phase = models.CharField(_("phase"), max_length=100, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    code_version = models.CharField(_("code version"), max_length=40, blank=True)
    # What core.contest returns, with what was done to keep it short.
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


# At the end: Django looks for models in this module alone.
from recommender.search_models import HyperparameterSearch, SearchTrial  # noqa: E402
from recommender.taste.models import TasteMap  # noqa: E402
from recommender.tryout_models import TriedRating  # noqa: E402

__all__ = [
    "Evaluation",
    "HyperparameterSearch",
    "LoggedPrediction",
    "MovieFactors",
    "SearchTrial",
    "TasteMap",
    "TrainingRun",
    "TriedRating",
    "UserFactors",
]
