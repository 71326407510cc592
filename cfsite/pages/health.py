"""Health checks: the process is alive (`/healthz`), and it can serve pages (`/readyz`).

A middleware answers them before any other: load balancers ask every few seconds, by IP address,
without HTTPS, and also during maintenance. The answers hold nothing secret.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, JsonResponse

logger = logging.getLogger(__name__)

READS = ("GET", "HEAD")
Name = tuple[str, str]


def probes(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    answers = {"/healthz": alive, "/readyz": ready}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = answers.get(request.path_info)
        if answer is None:
            return get_response(request)
        if request.method not in READS:
            return HttpResponseNotAllowed(READS)
        response = answer()
        response["Cache-Control"] = "no-store"
        return response

    return middleware


def alive() -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


def ready() -> JsonResponse:
    """200 if pages can be served.

    Without Redis the site is slower for a moment and works, so that is reported as "degraded".
    """
    checks = _of_the_database()
    is_ready = set(checks.values()) == {"ok"}
    if settings.REDIS_URL:
        checks["redis"] = "ok" if _redis_answers() else "no answer"
    all_well = set(checks.values()) == {"ok"}
    status = ("ok" if all_well else "degraded") if is_ready else "unready"
    return JsonResponse({"status": status, "checks": checks}, status=200 if is_ready else 503)


def _of_the_database() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        missing = _migrations_missing()
    except DatabaseError as problem:
        logger.warning("Not ready: %s", problem)
        return {"database": "no answer", "migrations": "unknown"}
    return {"database": "ok", "migrations": f"{missing} missing" if missing else "ok"}


def _migrations_missing() -> int:
    applied = MigrationRecorder(connection).applied_migrations()
    return sum(
        name not in applied and not (replaced and replaced <= applied.keys())
        for name, replaced in _migrations_of_the_code().items()
    )


@cache
def _migrations_of_the_code() -> dict[Name, frozenset[Name]]:
    """The migrations of this version, each with those it replaces."""
    needed = MigrationLoader(None).disk_migrations
    return {name: frozenset(migration.replaces) for name, migration in needed.items()}


def _redis_answers() -> bool:
    """Write a value and read it back: django-redis hides connection errors."""
    caches["limits"].set("readyz", "yes", 60)
    return caches["limits"].get("readyz") == "yes"
