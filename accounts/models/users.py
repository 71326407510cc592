"""Users and their public profiles."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AbstractUser, AnonymousUser, UserManager
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.usernames import UsernameField, skeleton, username_key


class UserQuerySet(models.QuerySet["User"]):
    def people(self) -> Self:
        """Without the raters that came with a data set."""
        return self.filter(is_dataset_member=False)

    def uncounted(self) -> Self:
        """Accounts whose ratings count nowhere: in no average, and no model learns from them."""
        deactivated = Q(is_active=False, is_dataset_member=False)
        return self.filter(deactivated | Q(quarantined_at__isnull=False))


class PeopleManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's user manager with the methods of `UserQuerySet`."""


class Boldness(models.IntegerChoices):
    """How well known the recommended movies should be."""

    BEST_KNOWN = -2, _("Best known")
    WELL_KNOWN = -1, _("Well known")
    BALANCED = 0, _("Balanced")
    LESS_KNOWN = 1, _("Less known")
    OFF_THE_TRACK = 2, _("Off the beaten track")


class Scale(models.TextChoices):
    """How stars are written; see movies/scales.py."""

    STARS = "stars", _("Half stars, up to 5")
    TEN = "10", _("Points, up to 10")
    HUNDRED = "100", _("Points, up to 100")


class User(AbstractUser):
    username = UsernameField(
        _("user name"),
        max_length=150,
        unique=True,
        help_text=_("Up to 150 letters, digits and the characters . + - _"),
        error_messages={"unique": _("This user name is already taken.")},
    )
    # Unique, so that of two look-alikes that sign up at once one is refused. Empty for raters of
    # data sets, and for names that looked like another one before look-alikes were refused.
    username_skeleton = models.CharField(
        _("user name as it looks"),
        max_length=600,
        null=True,
        blank=True,
        unique=True,
        editable=False,
    )
    email = models.EmailField(_("email address"), blank=True)
    is_dataset_member = models.BooleanField(
        _("came with a data set"),
        default=False,
        help_text=_(
            "A rater from an imported data set. Cannot log in and is not shown to members."
        ),
    )
    trains_model = models.BooleanField(
        _("ratings train the model"),
        default=True,
        help_text=_(
            "If off, they still get recommendations, but their ratings don’t shape anyone else’s."
        ),
    )

    # All works for them as before, but their ratings count nowhere (accounts/quarantine.py).
    quarantined_at = models.DateTimeField(_("quarantined"), null=True, blank=True, editable=False)

    boldness = models.SmallIntegerField(
        _("how well known picks are"),
        choices=Boldness,
        default=Boldness.BALANCED,
        db_default=Boldness.BALANCED,
        help_text=_("From the best-known movies to those off the beaten track."),
    )
    watchlist_in_lists = models.BooleanField(
        _("watchlist in recommendations"),
        default=True,
        db_default=True,
        help_text=_("If off, movies on the watchlist are not recommended."),
    )

    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        default="",
        db_default="",
        help_text=_("Language of pages and emails. Leave empty to follow the browser."),
    )

    scale = models.CharField(
        _("scale"),
        max_length=10,
        choices=Scale,
        default=Scale.STARS,
        db_default=Scale.STARS,
        help_text=_("How star ratings are shown."),
    )
    hides_predictions = models.BooleanField(
        _("hides predictions"),
        default=False,
        db_default=False,
        help_text=_("If on, predicted stars stay hidden until the movie is rated."),
    )

    # Here because every page that filters by them has read the user already.
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where you watch; empty: the country of the language."),
    )
    services = models.JSONField(
        _("streaming services"),
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        help_text=_("TMDB ids of the services you watch on."),
    )

    objects = PeopleManager()

    # What users may set on pages and through the API.
    PREFERENCES = (
        *("boldness", "watchlist_in_lists", "trains_model"),
        *("language", "scale", "hides_predictions"),
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="accounts_user_email_unique",
                violation_error_message=_("There is already an account with this email address."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_dataset_member=False) | models.Q(is_active=False),
                name="accounts_user_dataset_member_inactive",
                violation_error_message=_("A rater from a data set can’t be active."),
            ),
            models.CheckConstraint(
                condition=models.Q(boldness__gte=-2, boldness__lte=2),
                name="accounts_user_boldness_has_five_stops",
                violation_error_message=_("Choose a whole number from -2 to 2."),
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep what is computed from the user name in step with it."""
        written = kwargs.get("update_fields")
        if written is not None and "username" not in written:
            super().save(*args, **kwargs)
            return
        self._set_skeleton()
        if written is not None:
            kwargs["update_fields"] = {*written, "username_skeleton"}
        with transaction.atomic():
            super().save(*args, **kwargs)
            key = username_key(self.username)
            Profile.objects.filter(user=self).exclude(username_key=key).update(username_key=key)

    def _set_skeleton(self) -> None:
        if self.is_dataset_member:
            self.username_skeleton = None
            return
        is_stored = not self._state.adding and self.username_skeleton is None
        if is_stored and User.objects.filter(pk=self.pk, username=self.username).exists():
            return  # the name is older than the rule
        self.username_skeleton = skeleton(self.username)

    def prefer(self, **preferences: int | bool | str) -> None:
        """Save these preferences and no other column.

        Raises:
            ValueError: A name is not in PREFERENCES.
        """
        if others := preferences.keys() - set(self.PREFERENCES):
            raise ValueError(f"not a preference: {', '.join(sorted(others))}")
        for name, value in preferences.items():
            setattr(self, name, value)
        if preferences:
            self.save(update_fields=list(preferences))


LONGEST_NAME, LONGEST_BIO = 50, 500


class ProfileQuerySet(models.QuerySet["Profile"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """The profiles that `viewer` may see, including their own."""
        people = self.filter(user__is_active=True, user__is_dataset_member=False)
        if not viewer.is_authenticated:
            return people.filter(level=Profile.Level.PUBLIC)
        shown = [Profile.Level.PUBLIC, Profile.Level.MEMBERS]
        return people.filter(Q(level__in=shown) | Q(user=viewer))

    def at(self, username: str) -> Self:
        """Profiles whose user name matches in any case, an exact match first."""
        exact = models.Case(models.When(user__username=username, then=0), default=1)
        found = self.filter(username_key=username_key(username)).select_related("user")
        return found.order_by(exact, "pk")


class Profile(models.Model):
    """What a user shows of themselves. A user without a row is as private as one with PRIVATE."""

    class Level(models.TextChoices):
        PRIVATE = "private", _("Only me")
        MEMBERS = "members", _("Members of this site")
        PUBLIC = "public", _("Everyone")

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="profile")
    # For lookup in any case; kept in step by `User.save`.
    username_key = models.CharField(max_length=600, db_index=True, editable=False)
    level = models.CharField(
        _("who can see your profile"), max_length=10, choices=Level.choices, default=Level.PRIVATE
    )
    display_name = models.CharField(_("display name"), max_length=LONGEST_NAME, blank=True)
    bio = models.TextField(_("about you"), max_length=LONGEST_BIO, blank=True)
    shows_ratings = models.BooleanField(_("ratings"), default=False)
    shows_lists = models.BooleanField(_("public lists"), default=True)
    shows_watchlist = models.BooleanField(_("watchlist"), default=False)
    shows_taste = models.BooleanField(_("taste summary"), default=False)

    objects = ProfileQuerySet.as_manager()

    # What users may set on the page and through the API.
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
        """Whether the user name can stand in a URL: "." and ".." mean another path there."""
        return self.user.username.strip(".") != ""

    def is_visible_to(self, viewer: User | AnonymousUser) -> bool:
        """As `visible_to`, for a profile that is loaded with its user."""
        if not self.user.is_active or self.user.is_dataset_member:
            return False
        if viewer.is_authenticated and viewer.pk == self.user_id:
            return True
        if self.level == self.Level.MEMBERS:
            return viewer.is_authenticated
        return self.level == self.Level.PUBLIC


def profile_of(user: User) -> Profile:
    """The user's profile, or a new unsaved one."""
    try:
        return user.profile
    except Profile.DoesNotExist:
        return Profile(user=user)


def set_profile(user: User, **settings: Any) -> Profile:
    """Save these settings and no others; safe when two requests create the profile at once.

    Raises:
        ValueError: A name is not in SETTINGS.
    """
    if others := settings.keys() - set(Profile.SETTINGS):
        raise ValueError(f"not a setting of a profile: {', '.join(sorted(others))}")
    return Profile.objects.update_or_create(user=user, defaults=settings)[0]


def name_of(user: User) -> str:
    """The name that others see."""
    return profile_of(user).name


def shows_ratings_to(user: User, viewer: User | AnonymousUser) -> bool:
    """Whether `viewer` may see the ratings of `user`."""
    profile = profile_of(user)
    return profile.shows_ratings and profile.is_visible_to(viewer)
