"""Errors as pages of the site, and as JSON where programs ask."""

import re
import sys
from collections.abc import Callable
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template import loader

from movies.models import Movie
from movies.search.search import search

NEAR = 5
# A slug of ours is no longer than this; what else comes is no title.
LONGEST_SLUG = 80
RETRY_AFTER = 300  # seconds

APP = "/_allauth/"
FOR_PROGRAMS = ("/api/", APP)
IN_SHORT = {
    400: "The address or what was sent could not be understood.",
    403: "Not allowed.",
    404: "Not found.",
    405: "This address does not take that method.",
    500: "Something broke. It has been noted.",
    503: "The site cannot answer at the moment. Try again in a few minutes.",
}


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    if request.path.startswith(FOR_PROGRAMS):
        return _as_json(request, status)
    return render(request, f"errors/{status}.html", context, status=status)


def _as_json(request: HttpRequest, status: int, detail: str = "") -> JsonResponse:
    """In the words of the API, or in those of the app's way to log in."""
    detail = detail or IN_SHORT[status]
    said: dict[str, Any] = {"detail": detail}
    if request.path.startswith(APP):
        said = {"status": status, "errors": [{"code": f"http_{status}", "message": detail}]}
    return JsonResponse(said, status=status)


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


def with_a_body(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a method that an address does not take gets a page too; Django's is empty."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != 405 or getattr(response, "content", b""):
            return response
        answer = _page(request, 405)
        answer["Allow"] = response["Allow"]
        return answer

    return middleware


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors, which may be what just failed."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request, "away")
    if request.path.startswith(FOR_PROGRAMS):
        return _as_json(request, 500)
    return HttpResponse(_standing_alone(request, "500"), status=500)


def unavailable(request: HttpRequest, reason: str) -> HttpResponse:
    """For a while: the site is "closed" by its operators, or the database is "away"."""
    if request.path.startswith(FOR_PROGRAMS):
        worked_on = "The site is being worked on. Try again in a few minutes."
        answer: HttpResponse = _as_json(request, 503, worked_on if reason == "closed" else "")
    else:
        answer = HttpResponse(_standing_alone(request, reason), status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    return answer


def _standing_alone(request: HttpRequest, name: str) -> str:
    """A page that asks nothing of the database, the session or the person."""
    try:
        stylesheet = staticfiles_storage.url("css/site.css")
    except ValueError:  # nothing was collected yet
        stylesheet = ""
    context = {"stylesheet": stylesheet, "request": request}
    return loader.render_to_string(f"errors/{name}.html", context)


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    if request.path.startswith(FOR_PROGRAMS):
        return _as_json(request, 403)
    return render(request, "errors/csrf.html", status=403)
