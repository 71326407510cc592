"""The answer to a write that came too late."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.response import Response


def stale_answer(current: Any) -> Response:
    """409 with what stands: None if it was removed."""
    problem = {
        "type": "about:blank",
        "title": "Conflict",
        "status": status.HTTP_409_CONFLICT,
        "code": "stale",
        "detail": _("You changed this later than that, probably on another device."),
        "errors": [],
        "current": current,
    }
    return Response(problem, problem["status"], content_type="application/problem+json")
