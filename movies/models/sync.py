"""What the apps of a member need to stay in step: a log of changes, and answers to repeat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.models.marks import Mark

if TYPE_CHECKING:
    from accounts.models import User

CHANGES_KEPT = timedelta(days=180)
ANSWERS_KEPT = timedelta(hours=24)
LONGEST_KEY = 255


class ChangeCounterQuerySet(models.QuerySet["ChangeCounter"]):
    def lock(self, user: User) -> None:
        """Let no other transaction change anything of this member before ours ends."""
        self.select_for_update(no_key=True).filter(pk=user.pk).first()

    def expire_all(self) -> None:
        """Let every app start anew: after a backup was restored, numbers are given again."""
        self.update(number=F("number") + 1_000_000_000, forgotten=F("number") + 1_000_000_000)


class ChangeCounter(models.Model):
    """How often a member's ratings, marks, lists or viewings have changed: moved by triggers.

    The row is locked from a change to the end of its transaction. So a member's changes become
    visible in the order of their numbers, and whoever has read up to a number has missed nothing.
    Raters of a data set have none, and so no log.
    """

    user = models.OneToOneField(
        "accounts.User", models.CASCADE, primary_key=True, related_name="change_counter"
    )
    number = models.PositiveBigIntegerField(_("number of changes"), default=0, db_default=0)
    forgotten = models.PositiveBigIntegerField(_("changes no longer kept"), default=0, db_default=0)

    objects = ChangeCounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("change counter")
        verbose_name_plural = _("change counters")

    def __str__(self) -> str:
        return f"{self.pk}: {self.number}"


class MemberChangeQuerySet(models.QuerySet["MemberChange"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)


class MemberChange(models.Model):
    """That one rating, mark, list or viewing was written or removed: its newest change alone.

    What it is now is in its own table; nothing there means that it was removed.
    """

    class Kind(models.TextChoices):
        """`key` is the movie's id for a rating or mark, else the row's own."""

        RATING = "rating", _("rating")
        WATCHLIST = Mark.Kind.WATCHLIST.value, Mark.Kind.WATCHLIST.label
        NOT_INTERESTED = Mark.Kind.NOT_INTERESTED.value, Mark.Kind.NOT_INTERESTED.label
        SEEN = Mark.Kind.SEEN.value, Mark.Kind.SEEN.label
        LIST = "list", _("list")
        VIEWING = "viewing", _("viewing")

    # The indexes of the constraint and below begin with the user.
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="changes", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    key = models.BigIntegerField(_("of which row"))
    number = models.PositiveBigIntegerField(_("number"))
    # When the member did it, which an offline app says later. Of two changes the newer stands.
    at = models.DateTimeField(_("changed"))
    logged_at = models.DateTimeField(_("saved"), default=timezone.now)

    objects = MemberChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a member")
        verbose_name_plural = _("changes of members")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "key"], name="movies_memberchange_newest"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "number", "id"], name="movies_memberchange_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.number}"


class StoredAnswer(models.Model):
    """The answer to a write that an app gave a key, to be repeated if the app asks again."""

    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="stored_answers", db_index=False
    )
    key = models.CharField(_("key"), max_length=LONGEST_KEY)
    request_hash = models.CharField(_("hash of the request"), max_length=64)
    # None while the request is being answered.
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    body = models.JSONField(_("answer"), null=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("stored answer")
        verbose_name_plural = _("stored answers")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="movies_storedanswer_once"),
        ]

    def __str__(self) -> str:
        return self.key
