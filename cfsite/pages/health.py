"""Health checks: the process is alive (`/healthz`), and it can serve pages (`/readyz`).

A middleware answers them before any other: load balancers ask every few seconds, by IP address,
without HTTPS, and also during maintenance. The answers hold nothing secret.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.utils import translation

from cfsite.operations import heartbeats, state
from cfsite.operations.models import OutgoingMail

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

    Without Redis, worker, beat or a mail server, and with a database that can only be read, the
    site works, but not in full: that is reported as "degraded".
    """
    checks = _of_the_database()
    is_ready = set(checks.values()) == {"ok"}
    if settings.REDIS_URL:
        checks["redis"] = "ok" if _redis_answers() else "no answer"
    answer: dict[str, Any] = {"checks": checks}
    if is_ready:
        with translation.override("en"):
            checks |= {sign.name: _in_words(sign) for sign in heartbeats.signs()}
        checks["disk"] = "low" if state.disk().is_low else "ok"
        checks["writes"] = "ok" if _can_write() else "read-only"
        checks["mail"] = "not delivered" if OutgoingMail.objects.failing().exists() else "ok"
        answer["model"] = _model()
    all_well = set(checks.values()) == {"ok"}
    answer["status"] = ("ok" if all_well else "degraded") if is_ready else "unready"
    return JsonResponse(answer, status=200 if is_ready else 503)


def _in_words(sign: heartbeats.Sign) -> str:
    return "ok" if sign.is_alive else sign.in_words


def _model() -> dict[str, Any]:
    model = state.model_state()
    return {
        "run": model.run,
        "age_seconds": model.age and int(model.age.total_seconds()),
        "last_refit": {
            "run": model.last_run,
            "state": model.last_state or None,
            "ended_at": model.last_ended_at and model.last_ended_at.isoformat(),
        },
    }


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


def _can_write() -> bool:
    """Whether the database lets us; a folder or server can have become read-only."""
    if connection.vendor == "sqlite":
        # Its log and its lock are files beside it.
        file = Path(connection.settings_dict["NAME"])
        return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")  # also on a standby
        return cursor.fetchone() == ("off",)


@cache
def _migrations_of_the_code() -> dict[Name, frozenset[Name]]:
    """The migrations of this version, each with those it replaces."""
    needed = MigrationLoader(None).disk_migrations
    return {name: frozenset(migration.replaces) for name, migration in needed.items()}


def _redis_answers() -> bool:
    """Write a value and read it back: django-redis hides connection errors."""
    caches["limits"].set("readyz", "yes", 60)
    return caches["limits"].get("readyz") == "yes"
