"""How the catalogue is looked after: merges of duplicates, and movies that members ask for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.models.catalogue import EARLIEST_YEAR, LATEST_YEAR
from movies.titles import title_key

if TYPE_CHECKING:
    from accounts.models import User

UNDO_FOR = timedelta(days=1)


class MovieMergeQuerySet(models.QuerySet["MovieMerge"]):
    def version(self) -> int:
        """Grows with every merge and undo; by it, loaded factors notice both."""
        return self.aggregate(last=Max("change"))["last"] or 0

    def undoable(self, now: datetime | None = None) -> Self:
        return self.filter(undone_at=None, made_at__gte=(now or timezone.now()) - UNDO_FOR)

    def past_undo(self, now: datetime) -> Self:
        """Whose state before is not needed any more."""
        return self.filter(made_at__lt=now - UNDO_FOR)


class MovieMerge(models.Model):
    """One movie merged into another, and what undo needs.

    The merged movie stays as a retired row, so that its address, its ids and its factors keep
    leading to the surviving movie.
    """

    survivor = models.ForeignKey(
        "movies.Movie", models.CASCADE, related_name="+", verbose_name=_("surviving movie")
    )
    merged = models.ForeignKey(
        "movies.Movie", models.CASCADE, related_name="+", verbose_name=_("merged movie")
    )
    made_at = models.DateTimeField(_("merged"), default=timezone.now, db_index=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    # Numbered anew at the undo.
    change = models.PositiveIntegerField(unique=True, editable=False)
    # {"movies.Rating": [primary keys], ...} of the rows that moved to the surviving movie.
    moved = models.JSONField(default=dict, editable=False)
    # The same of rows that the merge made.
    made = models.JSONField(default=dict, editable=False)
    # {"survivor": {column: [before, after]}, "merged": ..., "genres": [...], ...}
    before = models.JSONField(default=dict, editable=False)

    objects = MovieMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of movies")
        verbose_name_plural = _("merges of movies")

    def __str__(self) -> str:
        return f"{self.merged_id} -> {self.survivor_id}"

    @property
    def can_be_undone(self) -> bool:
        return self.undone_at is None and self.made_at >= timezone.now() - UNDO_FOR


class SetAsideRow(models.Model):
    """A row that lost to a newer one of the same user in a merge; kept until undo is over."""

    merge = models.ForeignKey(MovieMerge, models.CASCADE, related_name="set_aside")
    # Whose row it is, so that it goes with the account.
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="+")
    model = models.CharField(_("kind"), max_length=60)
    # The row that stayed. If that one is removed before the undo, this one stays away too.
    winner_id = models.BigIntegerField()
    row = models.JSONField(_("row"))

    class Meta:
        verbose_name = _("row set aside by a merge")
        verbose_name_plural = _("rows set aside by merges")

    def __str__(self) -> str:
        return f"{self.model} in merge {self.merge_id}"


class MovieRequestQuerySet(models.QuerySet["MovieRequest"]):
    def open(self) -> Self:
        return self.filter(state=MovieRequest.State.OPEN)

    def of(self, user: User) -> Self:
        return self.filter(askers__user=user).order_by("-askers__asked_at", "-pk")

    def with_askers(self) -> Self:
        return self.annotate(n_askers=Count("askers"))


class MovieRequest(models.Model):
    """A movie that members miss. Everybody who asks for the same one joins this row."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        ADDED = "added", _("added")
        DECLINED = "declined", _("declined")

    title = models.CharField(_("title"), max_length=300)
    title_key = models.CharField(max_length=700, editable=False, db_index=True)
    year = models.PositiveSmallIntegerField(
        _("year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(EARLIEST_YEAR), MaxValueValidator(LATEST_YEAR)],
    )
    link = models.URLField(_("link"), max_length=300, blank=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.OPEN, db_index=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    movie = models.ForeignKey(
        "movies.Movie", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("first asked"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = MovieRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("requested movie")
        verbose_name_plural = _("requested movies")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "added", "declined"]),
                name="movies_movierequest_known_state",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="movies_movierequest_has_a_title"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.title_key = title_key(self.title)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class RequestAsker(models.Model):
    """A member who asked for a movie."""

    request = models.ForeignKey(MovieRequest, models.CASCADE, related_name="askers", db_index=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="movie_requests")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    # When the member saw the answer; null before.
    told_at = models.DateTimeField(_("saw the answer"), null=True, blank=True)

    class Meta:
        verbose_name = _("member who asked for a movie")
        verbose_name_plural = _("members who asked for a movie")
        constraints = [
            models.UniqueConstraint(fields=["request", "user"], name="movies_requestasker_once"),
        ]

    def __str__(self) -> str:
        return f"request {self.request_id}"
