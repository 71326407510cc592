"""Where movies can be watched: offers of streaming services and shops, and what the house owns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Offers change by the week. TMDB's terms would allow six months, but an old offer is a wrong one.
FETCHED_ANEW = timedelta(days=7)
LONGEST_KEPT = timedelta(days=30)


class Provider(models.Model):
    """A streaming service or shop, under the number that TMDB gives it."""

    id = models.PositiveIntegerField(_("TMDB id"), primary_key=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")

    def __str__(self) -> str:
        return self.name


class OfferQuerySet(models.QuerySet["Offer"]):
    def on(self, services: Any, country: str) -> Self:
        """What these services show in the country without a price for each movie."""
        return self.filter(country=country, provider__in=services, kind__in=Offer.INCLUDED)


class Offer(models.Model):
    class Kind(models.TextChoices):
        STREAM = "stream", _("Stream")
        FREE = "free", _("Free")
        ADS = "ads", _("Free with ads")
        RENT = "rent", _("Rent")
        BUY = "buy", _("Buy")

    # Without a price for each movie.
    INCLUDED = (Kind.STREAM, Kind.FREE, Kind.ADS)

    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="offers", db_index=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="offers", db_index=False)
    country = models.CharField(_("country"), max_length=2)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "country", "provider", "kind"], name="movies_offer_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["stream", "free", "ads", "rent", "buy"]),
                name="movies_offer_known_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["country", "kind", "provider", "movie"], name="movies_offer_by_service"
            )
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.kind}, {self.provider_id}, {self.country}"


class OfferFetchQuerySet(models.QuerySet["OfferFetch"]):
    def fresh(self, now: datetime) -> Self:
        return self.filter(fetched_at__gte=now - LONGEST_KEPT)


class OfferFetch(models.Model):
    """When TMDB was last asked for the offers of a movie, and when it is due again."""

    movie = models.OneToOneField(
        "movies.Movie", models.CASCADE, related_name="offer_fetch", verbose_name=_("movie")
    )
    countries = models.CharField(_("countries"), max_length=200)  # that were asked for
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    due_at = models.DateTimeField(_("due again"), default=timezone.now, db_index=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    objects = OfferFetchQuerySet.as_manager()

    class Meta:
        verbose_name = _("fetched offers")
        verbose_name_plural = _("fetched offers")

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.problem or self.fetched_at}"


class Library(models.Model):
    """One source of what the house owns, and how reading it went."""

    class Source(models.TextChoices):
        JELLYFIN = "jellyfin", "Jellyfin"
        FILE = "file", _("Uploaded list")

    source = models.CharField(_("source"), max_length=10, choices=Source.choices, unique=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    tried_at = models.DateTimeField(_("tried"), default=timezone.now)
    problem = models.CharField(_("problem"), max_length=300, blank=True)  # of the last try
    n_listed = models.PositiveIntegerField(_("movies it lists"), default=0)
    n_unmatched = models.PositiveIntegerField(_("not matched"), default=0)
    unmatched = models.JSONField(_("not matched, the first"), default=list, blank=True)

    class Meta:
        verbose_name = _("library")
        verbose_name_plural = _("libraries")

    def __str__(self) -> str:
        return str(self.get_source_display())


class LibraryItem(models.Model):
    """A movie that the house owns."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="items", db_index=False)
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="library_items")
    item_id = models.CharField(_("id in Jellyfin"), max_length=64, blank=True)
    server_id = models.CharField(_("server"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("movie in the library")
        verbose_name_plural = _("movies in the library")
        constraints = [
            models.UniqueConstraint(fields=["library", "movie"], name="movies_libraryitem_once")
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.library_id}"


class AvailabilityVersion(models.Model):
    """A number that changes with every offer and library item, by which caches notice."""

    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("version of availability")
        verbose_name_plural = _("versions of availability")

    def __str__(self) -> str:
        return str(self.count)

    @classmethod
    def current(cls) -> int:
        """0 as long as nothing was ever known."""
        return cls.objects.values_list("count", flat=True).first() or 0

    @classmethod
    def advance(cls) -> None:
        """To be called in the transaction that writes offers or library items."""
        cls.objects.bulk_create([cls(pk=1)], ignore_conflicts=True)
        cls.objects.filter(pk=1).update(count=F("count") + 1)
