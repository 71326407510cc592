"""What is known of a movie beside the columns of `Movie`, and when sources were asked for it.

Facts and posters from TMDB alike: its terms hold for both.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cfsite.lib.text import OneLineField
from movies.titles import title_key

# TMDB's terms allow caching for six months; what came from it is fetched again well before.
LONGEST_KEPT = timedelta(days=180)
FETCHED_ANEW = timedelta(days=150)


class AlternativeTitle(models.Model):
    """Another title that a movie is known under and found by."""

    movie = models.ForeignKey(
        "movies.Movie", models.CASCADE, related_name="alternative_titles", verbose_name=_("movie")
    )
    title = OneLineField(_("title"), max_length=300)
    title_key = models.CharField(max_length=300, editable=False)

    class Meta:
        verbose_name = _("alternative title")
        verbose_name_plural = _("alternative titles")
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "title"], name="movies_alternativetitle_unique"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title_key = title_key(self.title)[:300]
        super().save(*args, **kwargs)


class FactSource(models.TextChoices):
    """Where a fact comes from; an operator's word is never overwritten."""

    OPERATOR = "operator", _("typed by the operator")
    DATA_SET = "data_set", _("the imported data set")
    BUILT_IN = "built_in", _("cfsite's own file of facts")
    WIKIDATA = "wikidata", _("Wikidata")
    TMDB = "tmdb", _("TMDB")


class FactFetch(models.Model):
    """When a source was last asked for the facts of a movie, and when it is due again."""

    movie = models.ForeignKey(
        "movies.Movie", models.CASCADE, related_name="fact_fetches", verbose_name=_("movie")
    )
    source = models.CharField(_("source"), max_length=10, choices=FactSource.choices)
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    asked_at = models.DateTimeField(_("last attempt"), default=timezone.now)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now, db_index=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("fetched facts")
        verbose_name_plural = _("fetched facts")
        constraints = [
            models.UniqueConstraint(fields=["movie", "source"], name="movies_factfetch_unique")
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}, {self.source}: {self.problem or self.fetched_at}"


class TmdbPosterQuerySet(models.QuerySet["TmdbPoster"]):
    def expired(self, now: datetime) -> Self:
        return self.filter(fetched_at__lt=now - LONGEST_KEPT)


class TmdbPoster(models.Model):
    """When the poster of a movie was fetched from TMDB, or why there is none."""

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
