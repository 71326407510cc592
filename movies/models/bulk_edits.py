"""Bulk edits of a member's ratings, stored so that they can be undone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BulkEdit(models.Model):
    """One change of several ratings, with the state before it."""

    class Kind(models.TextChoices):
        STARS = "stars", _("given stars")
        REMOVED = "removed", _("removed")
        WATCHLIST = "watchlist", _("put on the watchlist")
        LIST = "list", _("put on a list")

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    half_stars = models.PositiveSmallIntegerField(_("half stars given"), null=True)
    # Where the movies were put; undo needs it to take them off again.
    movie_list = models.ForeignKey(
        "movies.MovieList", models.CASCADE, null=True, related_name="+", verbose_name=_("list")
    )
    # Also `updated_at` of every rating it changed: another value there means a later change.
    made_at = models.DateTimeField(_("made"))
    n = models.PositiveIntegerField(_("movies"))
    # [[movie id, half stars, rated at, whether a prediction was visible], ...] or movie ids.
    before = models.JSONField(_("before"))
    undone_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("change of several ratings")
        verbose_name_plural = _("changes of several ratings")
        constraints = [
            models.UniqueConstraint(fields=["user", "made_at"], name="movies_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.n}"

    @property
    def stars(self) -> float | None:
        return None if self.half_stars is None else self.half_stars / 2
