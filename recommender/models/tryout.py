"""What visitors without an account rate while they try the site.

A row for each rating: two windows that rate at the same moment write two rows, where one session
with everything in it would keep the later alone. Apart from everybody's ratings, so that no
average, no fit and no list of people can meet them.
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
        """Delete what no session can lead to any more; how many ratings that was."""
        oldest = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return self.filter(rated_at__lt=oldest).delete()[0]


class TriedRating(models.Model):
    """One movie's stars, by the random token that the visitor's session holds."""

    visitor = models.CharField(_("visitor"), max_length=32)
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="+")
    half_stars = models.PositiveSmallIntegerField(
        _("half stars"),
        validators=[MinValueValidator(HALF_STARS_MIN), MaxValueValidator(HALF_STARS_MAX)],
    )
    rated_at = models.DateTimeField(_("rated"), default=timezone.now, db_index=True)

    objects = TriedRatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating of a visitor")
        verbose_name_plural = _("ratings of visitors")
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
