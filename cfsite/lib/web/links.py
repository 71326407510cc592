"""Absolute links begin with the address of the site, whatever host a request names.

A link that leaves the site, in a mail, a preview or an answer of the API, must work for whoever
gets it: not only by the name of the tunnel or the machine through which it was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import iri_to_uri


def follow_the_site_address(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware. Packages make their links from the request, so this is where to tell them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.build_absolute_uri = partial(_absolute, request)
        return get_response(request)

    return middleware


def _absolute(request: HttpRequest, location: str | None = None) -> str:
    if location is None:
        return settings.SITE_ORIGIN + request.get_full_path()
    return urljoin(f"{settings.SITE_ORIGIN}{request.path}", iri_to_uri(location))
