"""Authentication by user name or email address."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.utils import filter_users_by_email
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


class OneHashBackend(AuthenticationBackend):
    """allauth's, with one password hash for each attempt, whatever was typed.

    allauth tries what was typed as a name and as an address, and hashes the password each time it
    finds an account. Whoever measures the time could then tell known addresses from unknown ones.
    """

    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        email: str | None = None,
        password: str | None = None,
        **_others: Any,
    ) -> AbstractBaseUser | None:
        login = email or username or ""
        name = _name_of(login) if "@" in login else login
        return super().authenticate(request, username=name, password=password)


def _name_of(email: str) -> str:
    """The user name of the account with this address; user names have no @, so "" is nobody's.

    Several accounts can claim an address that none has confirmed. Then it is the one that holds
    it as its own.
    """
    found = filter_users_by_email(email, prefer_verified=True)
    holders = [user for user in found if user.email.lower() == email.lower()] or found
    return min(holders, key=lambda user: user.pk).get_username() if holders else ""
