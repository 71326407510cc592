"""Sessions of apps: who asks is told by a token in a header, not by a cookie."""

from __future__ import annotations

from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest


def token_of(request: HttpRequest) -> str | None:
    """What is sent as a credential, in either header; None: nothing."""
    if (token := request.headers.get("X-Session-Token")) is not None:
        return token.strip()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


class AppSessions(SessionTokenStrategy):
    """allauth's, with the token in either header, and alive as long as they are used."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        return token_of(request)

    def lookup_session(self, session_token: str) -> SessionBase | None:
        session = lookup_session(session_token)
        if session is not None:
            session.keep_alive()
        return session
