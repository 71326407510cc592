"""Permissions of the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from accounts.models import AccessToken


class InPerson(IsAuthenticated):
    """Somebody who logged in, not a program with an access token.

    What takes an account over, away or out as a whole is not for a token that may lie in a script.
    """

    message = _("An access token may not do this. Log in instead.")
    code = "session_required"

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and not isinstance(request.auth, AccessToken)
