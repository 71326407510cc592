"""Request ids in log lines and answers, and the access log.

An id comes from the proxy in front of the site (`X-Request-Id`) or is made here. Every log line of
the request carries it, so do the answer and the error page: whoever reports an error can name it.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from cfsite.operations.metrics import requests as request_metrics

access_log = logging.getLogger("cfsite.access")

HEADER = "X-Request-Id"
VALID_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Of the request, or the task, that this code works for; empty elsewhere."""
    return _request_id.get()


set_request_id = _request_id.set


def log_requests(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware; the first one, so that nothing is logged without an id."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request_id = given if VALID_ID.fullmatch(given) else uuid.uuid4().hex
        token = _request_id.set(request_id)
        request.log_id = request_id  # type: ignore[attr-defined]
        started = time.monotonic()
        try:
            response = get_response(request)
            response[HEADER] = request_id
            _record(request, response, time.monotonic() - started)
            return response
        finally:
            _request_id.reset(token)

    return middleware


def _record(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    request_metrics.observe(response.status_code, seconds)
    if not settings.ACCESS_LOG:
        return
    route = route_of(request)
    access_log.info(
        "%s %s %s %.0f ms",
        *(request.method, route, response.status_code, 1000 * seconds),
        extra={
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "duration_ms": round(1000 * seconds, 1),
        },
    )


def route_of(request: HttpRequest) -> str:
    """Like "/people/<str:username>/": paths hold the names of people."""
    match = request.resolver_match
    return f"/{match.route}" if match else "(no route)"


class WithRequestId(logging.Filter):
    """Adds `request_id` to log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs what it answered with 4xx and 5xx after all middleware, with the request.
        of_request = getattr(getattr(record, "request", None), "log_id", "")
        record.request_id = of_request or current_request_id() or "-"
        return True
