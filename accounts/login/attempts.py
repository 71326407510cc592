"""The limits on attempts to log in: per login typed and per IP address."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from allauth.core import ratelimit
from django.http import HttpRequest

from accounts.models import User

# What a visitor's IP address is limited in, until it comes to an account.
PER_ADDRESS = ("login", "login_failed", "signup", "reset_password", "reset_password_from_key")


def attempts_key(login: str) -> str:
    """What failed attempts are counted by.

    Not by the request's host as well, as allauth does: whoever sends requests chooses its port.
    """
    return unicodedata.normalize("NFKC", login).strip().lower()


def unlock_account(login: str) -> User | None:
    """Forget the failed attempts on this user name or email address, and on its account's others.

    Returns the account; None if there is none, which can be locked all the same.
    """
    user = _owner(login)
    names = {login}
    if user is not None:
        addresses = user.emailaddress_set.values_list("email", flat=True)
        names.update(filter(None, (user.get_username(), user.email, *addresses)))
        names.add(f"mfa-auth-user-{user.pk}")  # codes of the second step, as allauth.mfa counts
    _clear(("login_failed",), names)
    return user


def unlock_address(address: str) -> None:
    """Forget the requests of this IP address."""
    _clear(PER_ADDRESS, {""}, address)


def _owner(login: str) -> User | None:
    people = User.objects.people()
    if "@" in login:
        return people.filter(email__iexact=login).first()
    return people.filter(username=attempts_key(login)).first()


def _clear(actions: Iterable[str], names: Iterable[str], address: str = "0.0.0.0") -> None:  # noqa: S104
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    for action in actions:
        for name in names:
            ratelimit.clear(request, action=action, key=attempts_key(name))
