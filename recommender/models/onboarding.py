"""Movie groups of a run, and a user's answers on the start page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class MovieGroups(models.Model):
    """The movie groups of one run. Arrays are little-endian float32 (training/store.py)."""

    run = models.OneToOneField(
        "recommender.TrainingRun", models.CASCADE, primary_key=True, related_name="movie_groups"
    )
    # For each group, largest first, the ids of the movies that represent it.
    shown = models.JSONField()
    centres = models.BinaryField()
    mean_interest = models.BinaryField()
    spread = models.BinaryField()

    class Meta:
        verbose_name = _("movie groups")
        verbose_name_plural = _("movie groups")

    def __str__(self) -> str:
        return f"run {self.run_id}"


class StartingAnswerQuerySet(models.QuerySet["StartingAnswer"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)


class StartingAnswer(models.Model):
    """One movie of a user's answers on the start page.

    A picked group is stored as the movies that represented it, since groups change with each run.
    """

    class Kind(models.TextChoices):
        GROUP = "group", _("example of a chosen group")
        FAVOURITE = "favourite", _("chosen as a favourite")
        UNSEEN = "unseen", _("not seen")

    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="starting_answers", db_index=False
    )
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # Naming the favourite marked it as watched; removing it removes that mark too.
    marked_seen = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("answered"), default=timezone.now)

    objects = StartingAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("onboarding answer")
        verbose_name_plural = _("onboarding answers")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "movie"], name="recommender_startinganswer_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["group", "favourite", "unseen"]),
                name="recommender_startinganswer_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.kind}"
