"""What allauth does otherwise for apps than for browsers.

An app gets codes by mail, which are typed into it; a browser gets links, which open in it.
allauth knows one setting for both, and asks `setting` for it (ALLAUTH_SETTING_GETTER).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from allauth.core import context
from django.conf import settings

CODES_FOR_APPS = frozenset(
    ("ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED", "ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED")
)


# Whether the passkey that is being looked at was made or used in an Android app of the operator's.
of_known_app: ContextVar[bool] = ContextVar("of_known_app", default=False)


def setting(name: str, default: Any) -> Any:
    if name == "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN":
        return of_known_app.get()
    if name not in CODES_FOR_APPS:
        return getattr(settings, name, default)
    # As allauth's own `is_headless_request`, which cannot be imported before apps are loaded.
    state = getattr(context.request, "allauth", None)
    return getattr(getattr(state, "headless", None), "client", None) == "app"
