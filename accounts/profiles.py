"""What a person shows of themselves, and to whom."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_NAME, LONGEST_BIO = 50, 500


def username_key(username: str) -> str:
    """The same text for all ways of writing a user name: any case, composed or not."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold())


class ProfileQuerySet(models.QuerySet["Profile"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Those that this person may see; one's own always."""
        people = self.filter(user__is_active=True, user__is_dataset_member=False)
        if not viewer.is_authenticated:
            return people.filter(level=Profile.Level.PUBLIC)
        shown = [Profile.Level.PUBLIC, Profile.Level.MEMBERS]
        return people.filter(Q(level__in=shown) | Q(user=viewer))

    def at(self, username: str) -> Self:
        """Whose user name is written like this in any case; the very one first."""
        exact = models.Case(models.When(user__username=username, then=0), default=1)
        found = self.filter(username_key=username_key(username)).select_related("user")
        return found.order_by(exact, "pk")


class Profile(models.Model):
    """Nobody has one who has not asked for it: without a row, as with `PRIVATE`, nothing shows."""

    class Level(models.TextChoices):
        PRIVATE = "private", _("Only me")
        MEMBERS = "members", _("Members of this site")
        PUBLIC = "public", _("Everybody")

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="profile")
    # Of the user name, whose case one need not know; kept by `User.save`.
    username_key = models.CharField(max_length=600, db_index=True, editable=False)
    level = models.CharField(
        _("who may see your profile"), max_length=10, choices=Level.choices, default=Level.PRIVATE
    )
    display_name = models.CharField(_("display name"), max_length=LONGEST_NAME, blank=True)
    bio = models.TextField(_("about you"), max_length=LONGEST_BIO, blank=True)
    shows_ratings = models.BooleanField(_("ratings"), default=False)
    shows_lists = models.BooleanField(_("public lists"), default=True)
    shows_watchlist = models.BooleanField(_("watchlist"), default=False)
    shows_taste = models.BooleanField(_("taste in short"), default=False)

    objects = ProfileQuerySet.as_manager()

    # What its owner may set, on the page and through the API.
    SETTINGS = (
        "level",
        "display_name",
        "bio",
        "shows_ratings",
        "shows_lists",
        "shows_watchlist",
        "shows_taste",
    )

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["private", "members", "public"]),
                name="accounts_profile_known_level",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username_key = username_key(self.user.username)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("person", kwargs={"username": self.user.username})

    @property
    def name(self) -> str:
        return self.display_name or self.user.get_username()

    @property
    def has_address(self) -> bool:
        """A name of nothing but dots is a way of writing another address."""
        return self.user.username.strip(".") != ""

    def is_visible_to(self, viewer: User | AnonymousUser) -> bool:
        """As `visible_to`, for a profile that was read with its user."""
        if not self.user.is_active or self.user.is_dataset_member:
            return False
        if viewer.is_authenticated and viewer.pk == self.user_id:
            return True
        if self.level == self.Level.MEMBERS:
            return viewer.is_authenticated
        return self.level == self.Level.PUBLIC


def profile_of(user: User) -> Profile:
    """This person's profile; a new one, not yet stored, for who has none."""
    try:
        return user.profile
    except Profile.DoesNotExist:
        return Profile(user=user)


def set_profile(user: User, **settings: Any) -> Profile:
    """Keep these settings and no others; also when two windows save a first profile at once.

    Raises:
        ValueError: something else than a setting is named.
    """
    if others := settings.keys() - set(Profile.SETTINGS):
        raise ValueError(f"not a setting of a profile: {', '.join(sorted(others))}")
    return Profile.objects.update_or_create(user=user, defaults=settings)[0]


def name_of(user: User) -> str:
    """What others call this person."""
    return profile_of(user).name


def shows_ratings_to(user: User, viewer: User | AnonymousUser) -> bool:
    """Whether `user` lets `viewer` see what they gave a movie."""
    profile = profile_of(user)
    return profile.shows_ratings and profile.is_visible_to(viewer)
