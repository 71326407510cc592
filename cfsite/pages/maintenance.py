"""Maintenance mode: everybody but staff gets a page that says so."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from cfsite.pages import errors

# What staff need to log in.
OPEN_PATHS = ("/admin/", "/accounts/log", "/static/")
# Browsers cache these. They are the same for everybody, so no user is looked up for them.
PWA_PATHS = ("/manifest.webmanifest", "/service-worker.js", "/offline/")


def is_closed() -> bool:
    """Whether the setting or the file, which can be made while the site runs, says so."""
    return settings.MAINTENANCE or settings.MAINTENANCE_FILE.exists()


def closed_for_maintenance(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that must precede all that read the user: the database may be away."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_closed():
            return get_response(request)
        if request.path_info in PWA_PATHS:
            request.user = AnonymousUser()
        elif not request.path_info.startswith(OPEN_PATHS) and not _is_staff(request):
            return errors.unavailable(request, "closed")
        return get_response(request)

    return middleware


def _is_staff(request: HttpRequest) -> bool:
    try:
        return request.user.is_staff
    except DatabaseError:  # maintenance of the database itself
        return False
