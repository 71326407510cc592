"""Marks on movies: watchlist, not interested, seen (pages say watched)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User
    from movies.models.catalogue import Movie


class MarkQuerySet(models.QuerySet["Mark"]):
    def add(self, user: User, movie: Movie, kind: str, created_at: datetime | None = None) -> Mark:
        """Set the mark unless it is set already. Undo passes the original `created_at`.

        The mark that comes back is stored only if it was not set already.
        """
        mark = Mark(user=user, movie=movie, kind=Mark.Kind(kind))
        mark.created_at = created_at or mark.created_at
        self.bulk_create([mark], ignore_conflicts=True)
        return mark

    def remove(self, user: User, movie: Movie, kind: str) -> None:
        self.filter(user=user, movie=movie, kind=kind).delete()

    def excluding_from_lists(self) -> Self:
        """Marks that keep a movie out of recommendations.

        The watchlist is among them for users who chose so in their settings.
        """
        watchlist = models.Q(kind=Mark.Kind.WATCHLIST, user__watchlist_in_lists=False)
        return self.filter(models.Q(kind__in=Mark.HIDING_KINDS) | watchlist)


class Mark(models.Model):
    class Kind(models.TextChoices):
        WATCHLIST = "watchlist", _("on the watchlist")
        NOT_INTERESTED = "not_interested", _("not interested")
        SEEN = "seen", _("watched")

    # Marks that keep a movie out of every list.
    HIDING_KINDS = (Kind.NOT_INTERESTED, Kind.SEEN)

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="marks", db_index=False)
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="marks")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    created_at = models.DateTimeField(_("marked"), default=timezone.now)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "movie"], name="movies_mark_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["watchlist", "not_interested", "seen"]),
                name="movies_mark_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.kind}"
