"""Sessions of browsers and apps."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models


class Session(AbstractBaseSession):
    """A browser's or an app's session. Django's own does not say whose it is."""

    # Without a constraint: a session that is saved while its account is erased must not fail.
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, related_name="+", db_constraint=False
    )

    objects = BaseSessionManager()

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore
