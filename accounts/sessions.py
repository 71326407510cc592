"""The site's sessions: in the database, with the user they belong to.

So they can be listed in the data export, and are erased with the account wherever it is logged in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from accounts.models import Session

_KEY = re.compile(r"[a-z0-9]{8,40}", re.ASCII)


class SessionStore(DatabaseSessionStore):
    """Treats a key that Django could not have made as no key.

    Strangers send keys in a cookie or in the X-Session-Token header. Either may carry a NUL, which
    PostgreSQL refuses with an error.
    """

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


class StaleSessionMiddleware(SessionMiddleware):
    """Django's, but only a request that ended its session takes the cookie away.

    Logging in changes the session's key. A request from before, such as the browser's own for the
    manifest or the service worker, may be answered after that: its session is gone, and Django
    would delete the cookie, which is the new session's by then.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        if not request.session.modified:
            response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return response
