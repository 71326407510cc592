"""Error responses: pages for people, JSON for API clients."""

import re
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template import loader

from cfsite.lib.api import problems
from cfsite.operations.request_log import current_request_id
from movies.models import Movie
from movies.search.search import search

N_SIMILAR_TITLES = 5
# Slugs of movies are no longer than this.
LONGEST_SLUG = 80
RETRY_AFTER = 300  # seconds
READ_ONLY = "25006"  # PostgreSQL's code of "cannot execute ... in a read-only transaction"

ALLAUTH_API = "/_allauth/"
APIS = ("/api/", ALLAUTH_API)
CODES = {
    400: "bad_request",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
}


def _error(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    if request.path_info.startswith(APIS):
        return _as_json(request, CODES[status])
    template = f"errors/{status}.html"
    if not hasattr(request, "user"):
        # A middleware refused the request before those of session and user had run, for example
        # because of its Host header. The frame of the site needs both.
        context["frame"] = "errors/_standalone.html"
        return HttpResponse(_render_standalone(request, template, **context), status=status)
    return render(request, template, context, status=status)


def _as_json(request: HttpRequest, code: str) -> HttpResponse:
    """In the format of the API, or in that of allauth's."""
    status = problems.CODES[code][0]
    if not request.path_info.startswith(ALLAUTH_API):
        return problems.response(request, code)
    error = {"code": f"http_{status}", "message": str(problems.CODES[code][1])}
    return JsonResponse({"status": status, "errors": [error]}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For an address of a movie, with movies of a similar title."""
    return _error(request, 404, near=_movies_like(request.path_info))


def _movies_like(path: str) -> list[Movie]:
    found = re.fullmatch(r"/movies/\d*-?([^/]+)/?", path)
    words = found[1].replace("-", " ").strip() if found else ""
    if not words or len(words) > LONGEST_SLUG or words.isdigit():
        return []
    try:
        return list(search(Movie.objects.only("title", "year"), words)[:N_SIMILAR_TITLES])
    except DatabaseError:
        return []  # the error page is more important


def page_for_405(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: give responses with status 405 a page; Django leaves them empty."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != 405 or getattr(response, "content", b""):
            return response
        answer = _error(request, 405)
        answer["Allow"] = response["Allow"]
        return answer

    return middleware


def server_error(request: HttpRequest) -> HttpResponse:
    """Render without context processors: one of them may be what just failed."""
    if _is_of_the_database(sys.exc_info()[1]):
        return unavailable(request, "away")
    if request.path_info.startswith(APIS):
        return _as_json(request, "error")
    return HttpResponse(_render_standalone(request, "errors/500.html"), status=500)


def _is_of_the_database(error: BaseException | None) -> bool:
    """Whether it is away, or takes nothing: no fault of the request or of the code."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    # A standby, or a server made read-only. SQLite says it with an OperationalError.
    return (
        isinstance(error, DatabaseError) and getattr(error.__cause__, "sqlstate", None) == READ_ONLY
    )


def unavailable(request: HttpRequest, reason: str) -> HttpResponse:
    """The site is "closed" by its operators, or the database is "away"."""
    if request.path_info.startswith(APIS):
        answer = _as_json(request, "maintenance" if reason == "closed" else "unavailable")
    else:
        answer = HttpResponse(_render_standalone(request, f"errors/{reason}.html"), status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    return answer


def _render_standalone(request: HttpRequest, template: str, **context: Any) -> str:
    """Render a page that needs no database, no session and no user."""
    try:
        stylesheet = staticfiles_storage.url("css/site.css")
    except ValueError:  # `collectstatic` has not run yet
        stylesheet = ""
    context |= {
        "stylesheet": stylesheet,
        "request": request,
        "request_id": current_request_id(),
        "home": f"{settings.FORCE_SCRIPT_NAME or ''}/",
    }
    return loader.render_to_string(template, context)


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    if request.path_info.startswith(APIS):
        return _as_json(request, "csrf_failed")
    return render(request, "errors/csrf.html", status=403)
