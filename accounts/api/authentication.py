"""Who calls the API: an app's session or a personal access token.

Both come as `Authorization: Bearer TOKEN` or `X-Session-Token: TOKEN`. One that is sent and wrong
is 401 everywhere, also where none is needed: an app whose session has ended must hear of it.
"""

from __future__ import annotations

from typing import Any

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.login.app_sessions import token_of
from accounts.models import AccessToken, User

# Schemes that a proxy in front of the site may ask for; they are none of ours.
OF_PROXIES = frozenset(("basic", "digest", "negotiate"))


class InvalidToken(AuthenticationFailed):
    default_detail = _("This token is wrong, has expired or was revoked.")
    default_code = "invalid_token"


class InsufficientScope(PermissionDenied):
    default_detail = _("This token may only read.")
    default_code = "insufficient_scope"


class AccessTokenAuthentication(BaseAuthentication):
    """Tokens that members create in their settings; `request.auth` is the AccessToken."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        secret = token_of(request)
        if secret is None or not secret.startswith(AccessToken.PREFIX):
            return None
        token = AccessToken.objects.with_secret(secret)
        if token is None:
            raise InvalidToken
        # Here, because permissions are each view's own and one could forget it.
        if not token.can_write and not _only_reads(request):
            raise InsufficientScope
        token.note_use()
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class AppSessionAuthentication(BaseAuthentication):
    """Sessions that apps open under /_allauth/app/v1/.

    Naming a scheme makes a call without a token answer 401, which tells a client to log in;
    without it REST framework answers 403, which tells it to give up.
    """

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        token = token_of(request)
        if token is None:
            scheme = request.headers.get("Authorization", "").partition(" ")[0].lower()
            if scheme and scheme not in OF_PROXIES:
                raise InvalidToken
            return None
        found = authenticate_by_x_session_token(token)
        if found is None:
            raise InvalidToken
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _only_reads(request: Request) -> bool:
    """A view may say that its POST changes nothing: `post_only_reads = True`."""
    if request.method in SAFE_METHODS:
        return True
    view = (request.parser_context or {}).get("view")
    return request.method == "POST" and getattr(view, "post_only_reads", False)
