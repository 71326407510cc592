"""Groups of people who pick a movie together, and their guests.

Ratings of guests are a table of their own: they train no model, count in no average, and are
deleted with the guest.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_stars

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

INVITATION_LASTS = timedelta(days=7)
GUEST_STAYS = timedelta(days=7)


def new_token() -> str:
    """128 random bits, so that an invitation cannot be guessed."""
    return secrets.token_urlsafe(16)


def end_of_invitation() -> datetime:
    return timezone.now() + INVITATION_LASTS


def end_of_stay() -> datetime:
    return timezone.now() + GUEST_STAYS


class GuestQuerySet(models.QuerySet["Guest"]):
    def present(self) -> Self:
        """Guests who have not expired."""
        return self.filter(expires_at__gt=timezone.now())

    def forget_gone(self) -> int:
        """Delete guests who have expired or are in no group; returns how many."""
        expired = self.filter(Q(expires_at__lte=timezone.now()) | Q(memberships=None))
        ids = list(expired.values_list("pk", flat=True))
        return Guest.objects.filter(pk__in=ids).delete()[1].get("recommender.Guest", 0)


class Guest(models.Model):
    """A person without an account, identified by the session of one browser."""

    name = models.CharField(_("name"), max_length=30)
    created_at = models.DateTimeField(_("joined"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), default=end_of_stay, db_index=True)

    objects = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")

    def __str__(self) -> str:
        return self.name


class GuestRating(models.Model):
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="ratings", db_index=False)
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="+")
    half_stars = models.PositiveSmallIntegerField(
        _("half stars"),
        validators=[MinValueValidator(HALF_STARS_MIN), MaxValueValidator(HALF_STARS_MAX)],
    )
    rated_at = models.DateTimeField(_("rated"), default=timezone.now)

    class Meta:
        verbose_name = _("guest rating")
        verbose_name_plural = _("guest ratings")
        constraints = [
            models.UniqueConstraint(fields=["guest", "movie"], name="recommender_guestrating_once"),
            models.CheckConstraint(
                condition=Q(half_stars__gte=HALF_STARS_MIN, half_stars__lte=HALF_STARS_MAX),
                name="recommender_guestrating_on_the_grid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.stars}"

    @property
    def stars(self) -> float:
        return to_stars(self.half_stars)


class GroupQuerySet(models.QuerySet["Group"]):
    def with_user(self, user: User) -> Self:
        return self.filter(members__user=user)

    def with_guest(self, guest: Guest) -> Self:
        return self.filter(members__guest=guest)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class Group(models.Model):
    """People who look for a movie together. Its URL is the invitation."""

    class Rule(models.TextChoices):
        AVERAGE = "average", _("Best on average")
        LEAST_MISERY = "least_misery", _("Nobody hates it")
        VETO = "veto", _("No deal-breakers")

    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="owned_groups")
    name = models.CharField(_("name"), max_length=60)
    rule = models.CharField(_("rule"), max_length=20, choices=Rule.choices, default=Rule.AVERAGE)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    invites_until = models.DateTimeField(_("invitation ends"), default=end_of_invitation)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [
            models.CheckConstraint(
                condition=Q(rule__in=["average", "least_misery", "veto"]),
                name="recommender_group_known_rule",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("together:group", kwargs={"token": self.token})

    @property
    def invites(self) -> bool:
        """Whether people can still join by the URL."""
        return timezone.now() < self.invites_until


class MemberQuerySet(models.QuerySet["Member"]):
    def present(self) -> Self:
        """Members in order of joining, without expired guests and closed accounts."""
        is_present = Q(user__is_active=True) | Q(guest__expires_at__gt=timezone.now())
        return self.filter(is_present).select_related("user", "guest").order_by("pk")


class Member(models.Model):
    """One person in one group: a user, or a guest."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="memberships", null=True, blank=True
    )
    guest = models.ForeignKey(
        Guest, models.CASCADE, related_name="memberships", null=True, blank=True
    )
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("group member")
        verbose_name_plural = _("group members")
        constraints = [
            models.UniqueConstraint(fields=["group", "user"], name="recommender_member_user_once"),
            models.UniqueConstraint(
                fields=["group", "guest"], name="recommender_member_guest_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, guest__isnull=True)
                | Q(user__isnull=True, guest__isnull=False),
                name="recommender_member_user_or_guest",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name shown to other members; never an e-mail address."""
        return self.user.get_username() if self.user else self.guest.name

    @property
    def is_guest(self) -> bool:
        return self.guest_id is not None
