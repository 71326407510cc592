"""Tells members on their next page that a movie they asked for is here.

Only sessions of members who wait for an answer are looked at, and those every few minutes: other
pages need no query.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from movies.catalogue_care import requests

NEXT_LOOK = "movie_requests_next_look"  # session key: seconds since 1970
PAUSE = 120


def look_for_answers(request: HttpRequest, *, now: bool = True) -> None:
    """From now on, tell this session of answers."""
    request.session[NEXT_LOOK] = 0 if now else time.time() + PAUSE


@receiver(user_logged_in)
def look_after_login(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if requests.waiting(user).exists():
        look_for_answers(request)


def tell_askers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after those of sessions, users and messages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if is_page and not request.headers.get("HX-Request"):
            _tell(request)
        return get_response(request)

    return middleware


def _tell(request: HttpRequest) -> None:
    next_look = request.session.get(NEXT_LOOK)
    if next_look is None or next_look > time.time() or not request.user.is_authenticated:
        return
    for one in requests.untold(request.user):
        if one.movie:
            link = format_html('<a href="{}">{}</a>', one.movie.get_absolute_url(), one.movie)
            messages.success(request, format_html(_("You asked for it: {} is here."), link))
        else:
            link = format_html('<a href="{}">{}</a>', reverse("movies:request"), one)
            messages.info(request, format_html(_("There’s an answer to your request: {}."), link))
    requests.note_told(request.user)
    if requests.waiting(request.user).exists():
        look_for_answers(request, now=False)
    else:
        del request.session[NEXT_LOOK]
