"""The answer to a write that came too late."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.response import Response

from cfsite.lib.api.problems import MEDIA_TYPE, problem


def stale_answer(current: Any) -> Response:
    """409 with what stands as `current`: None if it was removed."""
    text = _("You changed this later, perhaps on another device.")
    return Response(
        {**problem(409, "stale", text), "current": current}, status=409, content_type=MEDIA_TYPE
    )
