"""What a run says of groups, and what a person said on the start page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class MovieGroups(models.Model):
    """The groups of one run. Arrays are little-endian float32, written by store.py alone."""

    run = models.OneToOneField(
        "recommender.TrainingRun", models.CASCADE, primary_key=True, related_name="movie_groups"
    )
    # Per group, that of the most ratings first, the ids of the movies that stand for it.
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
    """One movie in what a person said at the start, before and beside any rating.

    A picked group is kept as the movies that stood for it: the numbers of groups change with each
    run, movies stay.
    """

    class Kind(models.TextChoices):
        GROUP = "group", _("stands for a picked group")
        FAVOURITE = "favourite", _("named as a favourite")
        UNSEEN = "unseen", _("not seen")

    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="starting_answers", db_index=False
    )
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # Naming a favourite marked it as seen; taking the name back takes that mark back too.
    marked_seen = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("said"), default=timezone.now)

    objects = StartingAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer at the start")
        verbose_name_plural = _("answers at the start")
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
