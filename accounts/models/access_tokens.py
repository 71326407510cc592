"""Personal access tokens: what scripts and other programs log in with."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User


class TooManyTokens(Exception):
    """The user has as many tokens as one may have."""


class NameTaken(Exception):
    """The user has a token of this name."""


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def with_secret(self, secret: str) -> AccessToken | None:
        """The token that opens the site now, with its user."""
        usable = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        found = self.filter(usable, key_hash=hash_of(secret), user__is_active=True)
        return found.select_related("user").first()

    def of(self, user: User) -> Self:
        """Newest first."""
        return self.filter(user=user).order_by("-created_at", "-pk")


class AccessToken(models.Model):
    """A named key to the API. The secret is shown once; only its hash is stored."""

    PREFIX = "cfs_"
    MOST = 20  # of one user
    LONGEST_NAME = 60

    class Scope(models.TextChoices):
        READ = "read", _("Read only")
        WRITE = "write", _("Read and change")

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    scope = models.CharField(_("access"), max_length=10, choices=Scope, default=Scope.READ)
    # SHA-256 without salt: the secret is 256 random bits, which nobody can guess.
    key_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    # A day, so that a busy script writes once a day.
    last_used_on = models.DateField(_("last used"), null=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="accounts_accesstoken_name"),
            models.CheckConstraint(
                condition=Q(scope__in=["read", "write"]), name="accounts_accesstoken_scope"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> list[str]:
        return ["read"] if self.scope == self.Scope.READ else ["read", "write"]

    @property
    def can_write(self) -> bool:
        return self.scope == self.Scope.WRITE

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def note_use(self) -> None:
        today = timezone.now().date()
        if self.last_used_on != today:
            AccessToken.objects.filter(pk=self.pk).update(last_used_on=today)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def create_token(
    user: User, name: str, scope: str, expires_at: datetime | None = None
) -> tuple[AccessToken, str]:
    """A new token and its secret, which nobody can read again.

    Raises:
        TooManyTokens: The user has `AccessToken.MOST` of them.
        NameTaken: The user has one of this name.
    """
    secret = AccessToken.PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # of two requests, one counts the other's
        theirs = AccessToken.objects.filter(user=user)
        if theirs.filter(name=name).exists():
            raise NameTaken
        if theirs.count() >= AccessToken.MOST:
            raise TooManyTokens
        token = theirs.create(
            user=user, name=name, scope=scope, key_hash=hash_of(secret), expires_at=expires_at
        )
    return token, secret
