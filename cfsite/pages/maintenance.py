"""Closed for a while: everybody but the operators gets a page that says so."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from cfsite.pages import errors

# What operators need to get in.
OPEN = ("/admin/", "/accounts/log", "/static/")
# What browsers keep of the site; the same for everybody, so nobody is looked up for it.
SHELL = ("/manifest.webmanifest", "/service-worker.js", "/offline/")


def is_closed() -> bool:
    """By the setting, or by a file that can be made and deleted while the site runs."""
    return settings.MAINTENANCE or settings.MAINTENANCE_FILE.exists()


def closed_for_maintenance(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Stands before every middleware that looks at the person: the database may be away."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_closed():
            return get_response(request)
        if request.path in SHELL:
            request.user = AnonymousUser()
        elif not request.path.startswith(OPEN) and not _is_staff(request):
            return errors.unavailable(request, "closed")
        return get_response(request)

    return middleware


def _is_staff(request: HttpRequest) -> bool:
    try:
        return request.user.is_staff
    except DatabaseError:  # it is what is being worked on
        return False
