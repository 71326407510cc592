"""Email addresses that nobody has confirmed, and whose they are.

With confirmation by mail, signing up must not tell whether an address has an account already. So
a sign-up with an address of somebody else's works like any other, but the new account only claims
the address (an `EmailAddress`, never confirmed); `User.email`, which is unique, stays the other's.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from accounts.models import User


def address_of(user: User) -> str:
    """The user's address, or the one they claim; ""."""
    if user.email:
        return user.email
    claimed = EmailAddress.objects.filter(user_id=user.pk, primary=True).first()
    return claimed.email if claimed else ""


def is_anothers(email: str, user_id: int | None = None) -> bool:
    """Whether an account other than this one has the address."""
    holders = User.objects.filter(email__iexact=email)
    confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True)
    return _others(holders, "pk", user_id) or _others(confirmed, "user", user_id)


def _others(rows: QuerySet, field: str, user_id: int | None) -> bool:
    return (rows.exclude(**{field: user_id}) if user_id else rows).exists()
