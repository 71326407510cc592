"""Errors as pages of the site."""

import re
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from movies.models import Movie
from movies.search import search

NEAR = 5
# A slug of ours is no longer than this; what else comes is no title.
LONGEST_SLUG = 80


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    return render(request, f"errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """With the movies that the address may have meant, if it was one of a movie."""
    return _page(request, 404, near=_near(request.path))


def _near(path: str) -> list[Movie]:
    found = re.fullmatch(r"/movies/\d*-?([^/]+)/?", path)
    words = found[1].replace("-", " ").strip() if found else ""
    if not words or len(words) > LONGEST_SLUG or words.isdigit():
        return []
    try:
        return list(search(Movie.objects.only("title", "year"), words)[:NEAR])
    except DatabaseError:
        return []  # the page itself must come


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors, which may be what just failed."""
    return HttpResponse(_standing_alone("500"), status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_standing_alone("503"), status=503)


def _standing_alone(name: str) -> str:
    """A page that asks nothing of the database, the session or the person."""
    try:
        stylesheet = staticfiles_storage.url("css/site.css")
    except ValueError:  # nothing was collected yet
        stylesheet = ""
    return loader.render_to_string(f"errors/{name}.html", {"stylesheet": stylesheet})


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)
