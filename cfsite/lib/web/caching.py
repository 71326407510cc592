"""Which answers a cache between the site and its readers may keep.

A shared cache may keep nothing personal. It can't know what is: an answer without `Cache-Control`
may be kept for a while and given to others (RFC 9111, section 4.2.2). So every answer says it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response

API = "/api/"
CREDENTIALS = ("Authorization", "X-Session-Token")
# What an answer may differ by; Accept-Encoding is added where it is compressed.
VARY = ("Accept-Language", "Cookie", *CREDENTIALS)
ANONYMOUS_COOKIES = {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "theme"}
PERSONAL, UNDECLARED = "private, no-store", "private, no-cache"


def private_unless_public(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: what a view doesn't declare public is private.

    Answers that know who asks are not stored at all. Visitors' browsers may keep theirs, to show
    them again on the way back.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        declare(request, response)
        return response

    return middleware


def declare(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say in the headers who may keep the response, and what it may differ by."""
    said = response.get("Cache-Control", "")
    if not said or ("public" in said and response.cookies):
        is_personal = identifies(request) or not response.cookies.keys() <= ANONYMOUS_COOKIES
        response["Cache-Control"] = PERSONAL if is_personal else UNDECLARED
    elif "public" in said and not request.path_info.startswith(API):
        return  # a picture, the same for everybody
    patch_vary_headers(response, VARY)


def identifies(request: HttpRequest) -> bool:
    """Whether the request may tell who asks."""
    return not request.COOKIES.keys() <= ANONYMOUS_COOKIES or has_credential(request)


def has_credential(request: HttpRequest) -> bool:
    return any(name in request.headers for name in CREDENTIALS)


class ConditionalApiMiddleware(ConditionalGetMiddleware):
    """ETags of the API, and 304 for those who have the answer already.

    Personal answers have one too: `no-store` forbids caches to keep them, while an app that keeps
    them in a database of its own can still ask whether they changed. Pages have none, for the CSRF
    token in their forms is masked anew each time.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.path_info.startswith(API):
            return response
        return super().process_response(request, response)

    def needs_etag(self, response: HttpResponse) -> bool:
        return response.status_code == 200 and not response.streaming


class PublicForVisitors:
    """Mixin of API views whose answer to visitors shared caches may keep for a minute.

    `visitors_max_age` can be said for one action: `@action(..., visitors_max_age=60)`.
    """

    visitors_max_age = 60  # seconds

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        is_read = request.method in ("GET", "HEAD") and response.status_code == 200
        is_visitor = not request.COOKIES and not has_credential(request)
        if is_read and is_visitor and self.visitors_max_age:
            patch_cache_control(response, public=True, max_age=self.visitors_max_age)
        return response
