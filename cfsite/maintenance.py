"""Closed for a while: everybody but the operators gets a page that says so."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from cfsite import errors

RETRY_AFTER = 300  # seconds
# What operators need to get in, what pages are made of, and what watches the process.
OPEN = ("/admin/", "/accounts/log", "/static/", "/healthz", "/service-worker.js")


def is_closed() -> bool:
    """By the setting, or by a file that can be made and deleted while the site runs."""
    return settings.MAINTENANCE or settings.MAINTENANCE_FILE.exists()


def closed_for_maintenance(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_closed() or request.path.startswith(OPEN) or request.user.is_staff:
            return get_response(request)
        if request.path.startswith("/api/"):
            detail = "The site is being worked on. Try again in a few minutes."
            answer: HttpResponseBase = JsonResponse({"detail": detail}, status=503)
        else:
            answer = errors.unavailable(request)
        answer["Retry-After"] = str(RETRY_AFTER)
        answer["Cache-Control"] = "no-store"
        return answer

    return middleware
