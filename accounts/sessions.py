"""The site's sessions: in the database, with the user they belong to.

So they can be listed in the data export, and are erased with the account wherever it is logged in.
A session that is used does not expire.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date

if TYPE_CHECKING:
    from accounts.models import Session

_KEY = re.compile(r"[a-z0-9]{8,40}", re.ASCII)

# How old an end may be before use moves it: one write a day, not one a request.
EXTENDED_AFTER = timedelta(days=1)


class SessionStore(DatabaseSessionStore):
    """Treats a key that Django could not have made as no key.

    Strangers send keys in a cookie or in the X-Session-Token header. Either may carry a NUL, which
    PostgreSQL refuses with an error.
    """

    expires_at: datetime | None = None  # as stored, once it is loaded

    def _get_session_from_db(self) -> Session | None:
        stored = super()._get_session_from_db()
        self.expires_at = stored and stored.expire_date
        return stored

    def keep_alive(self) -> bool:
        """Move the end of a member's session that is in use; whether it moved.

        The end alone: saving the whole session could undo what another request has just changed.
        """
        if self.expires_at is None or not self.get(SESSION_KEY):
            return False
        now = timezone.now()
        age = timedelta(seconds=self.get_expiry_age())
        if self.expires_at > now + age - EXTENDED_AFTER:
            return False
        kept = self.model.objects.filter(session_key=self.session_key)
        return bool(kept.update(expire_date=now + age))

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and _KEY.fullmatch(key))

    def exists(self, session_key: str) -> bool:
        return self._validate_session_key(session_key) and super().exists(session_key)

    @classmethod
    def get_model_class(cls) -> type[Session]:
        from accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        session.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        return session


class LivingSessionMiddleware(SessionMiddleware):
    """Django's, for sessions that live as long as they are used.

    Only a request that ended its session takes the cookie away. Logging in changes the session's
    key. A request from before, such as the browser's own for the manifest or the service worker,
    may be answered after that: its session is gone, and Django would delete the cookie, which is
    the new session's by then.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        session = request.session
        if not session.modified:
            response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
            if session.accessed and session.keep_alive():
                _renew_cookie(session, response)
        return response


def _renew_cookie(session: SessionStore, response: HttpResponse) -> None:
    """As Django sets it, for a session that the browser is to keep."""
    if session.get_expire_at_browser_close():
        return
    age = session.get_expiry_age()
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        session.session_key,
        max_age=age,
        expires=http_date(timezone.now().timestamp() + age),
        domain=settings.SESSION_COOKIE_DOMAIN,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE or None,
        httponly=settings.SESSION_COOKIE_HTTPONLY or None,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
