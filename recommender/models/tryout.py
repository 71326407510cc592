"""Ratings of visitors who try the site without an account.

One row per rating: two windows that rate at the same time write two rows, while a session would
keep only the later one. A table of its own, so that no average, fit or list of users includes them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN


class TriedRatingQuerySet(models.QuerySet["TriedRating"]):
    def of(self, visitor: str) -> Self:
        return self.filter(visitor=visitor)

    def forget_stale(self) -> int:
        """Delete ratings whose sessions have expired; returns how many."""
        oldest = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return self.filter(rated_at__lt=oldest).delete()[0]


class TriedRating(models.Model):
    """One rating, identified by a random token in the visitor's session."""

    visitor = models.CharField(_("visitor"), max_length=32)
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="+")
    half_stars = models.PositiveSmallIntegerField(
        _("half stars"),
        validators=[MinValueValidator(HALF_STARS_MIN), MaxValueValidator(HALF_STARS_MAX)],
    )
    rated_at = models.DateTimeField(_("rated"), default=timezone.now, db_index=True)

    objects = TriedRatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("visitor rating")
        verbose_name_plural = _("visitor ratings")
        constraints = [
            models.UniqueConstraint(
                fields=["visitor", "movie"], name="recommender_triedrating_once"
            ),
            models.CheckConstraint(
                condition=Q(half_stars__gte=HALF_STARS_MIN, half_stars__lte=HALF_STARS_MAX),
                name="recommender_triedrating_on_the_grid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.half_stars / 2}"
