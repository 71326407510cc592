"""Posters from TMDB: when each was fetched, or why there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# TMDB's terms allow caching for six months; posters are fetched again well before.
LONGEST_KEPT = timedelta(days=180)
FETCHED_ANEW = timedelta(days=150)


class TmdbPosterQuerySet(models.QuerySet["TmdbPoster"]):
    def expired(self, now: datetime) -> Self:
        return self.filter(fetched_at__lt=now - LONGEST_KEPT)


class TmdbPoster(models.Model):
    movie = models.OneToOneField(
        "movies.Movie", models.CASCADE, related_name="tmdb_poster", verbose_name=_("movie")
    )
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    asked_at = models.DateTimeField(_("last attempt"), default=timezone.now)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now, db_index=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    objects = TmdbPosterQuerySet.as_manager()

    class Meta:
        verbose_name = _("TMDB poster")
        verbose_name_plural = _("TMDB posters")
        constraints = [
            models.CheckConstraint(
                condition=Q(fetched_at__isnull=False) | ~Q(problem=""),
                name="movies_tmdbposter_fetched_or_why_not",
            )
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.problem or self.fetched_at}"
