"""Counts how many opened lists of picks led to a rating or a watchlist mark.

A cookie without content remembers for half an hour that a list was opened; the first rating or
mark takes it away. What is stored are two totals a day. A page view writes nothing: each process
adds up its own and hands them over once a minute.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from cfsite.operations.models import ListUse
from movies.models import Mark

logger = logging.getLogger(__name__)

COOKIE = "list-opened"
COOKIE_AGE = 1800  # seconds
HANDED_OVER_EVERY = 60.0

LISTS = frozenset({"home"})
ACTS = frozenset({"movies:rate", "movies:mark"})


class Tally:
    """Counts of this process that are not in the database yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened = self._led_on = 0
        self._since = time.monotonic()

    def add(self, *, opened: int = 0, led_on: int = 0) -> None:
        with self._lock:
            self._opened += opened
            self._led_on += led_on
            if time.monotonic() - self._since < HANDED_OVER_EVERY:
                return
            counts = {"opened": self._opened, "led_on": self._led_on}
            self._opened, self._led_on, self._since = 0, 0, time.monotonic()
        try:
            ListUse.objects.add(timezone.localdate(), **counts)
        except Error as error:
            logger.warning("The use of lists could not be counted: %s", error)


tally = Tally()


def count_list_use(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware; needs the user."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        match = request.resolver_match
        if match is None or not response.status_code < 400:
            return response
        if request.method == "POST":
            if request.COOKIES.get(COOKIE) and _acts(request):
                tally.add(led_on=1)
                response.delete_cookie(COOKIE, samesite="Lax")
        elif match.view_name in LISTS and _shows_picks(request):
            tally.add(opened=1)
            response.set_cookie(
                COOKIE,
                "1",
                max_age=COOKIE_AGE,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
        return response

    return middleware


def _acts(request: HttpRequest) -> bool:
    """Whether a movie was rated or put on the watchlist."""
    match = request.resolver_match
    if match is None or match.view_name not in ACTS:
        return False
    return match.view_name == "movies:rate" or request.POST.get("kind") == Mark.Kind.WATCHLIST


def _shows_picks(request: HttpRequest) -> bool:
    """A page that a member opened, not a part that htmx fetches."""
    return request.user.is_authenticated and "HX-Request" not in request.headers
