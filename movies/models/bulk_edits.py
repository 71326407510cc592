"""Bulk edits of a member's ratings, stored so that they can be undone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BulkEdit(models.Model):
    """One change of several ratings, with the state before it."""

    class Kind(models.TextChoices):
        STARS = "stars", _("rated")
        REMOVED = "removed", _("removed")
        WATCHLIST = "watchlist", _("added to the watchlist")
        LIST = "list", _("added to a list")

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    half_stars = models.PositiveSmallIntegerField(_("half stars"), null=True)
    # Where the movies were put; undo needs it to take them off again.
    movie_list = models.ForeignKey(
        "movies.MovieList", models.CASCADE, null=True, related_name="+", verbose_name=_("list")
    )
    # Also `updated_at` of every rating it changed: another value there means a later change.
    made_at = models.DateTimeField(_("created"))
    n = models.PositiveIntegerField(_("movies"))
    # [[movie id, half stars, rated at, whether a prediction was visible], ...] or movie ids.
    before = models.JSONField(_("before"))
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        verbose_name = _("bulk edit of ratings")
        verbose_name_plural = _("bulk edits of ratings")
        constraints = [
            models.UniqueConstraint(fields=["user", "made_at"], name="movies_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.n}"

    @property
    def stars(self) -> float | None:
        return None if self.half_stars is None else self.half_stars / 2
