"""Counts unhandled errors, so that staff hear of them and the admin lists them."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.core.signals import got_request_exception
from django.db import Error, InterfaceError, OperationalError, connection

from cfsite.operations.models import ServerError
from cfsite.operations.request_log import current_request_id

logger = logging.getLogger(__name__)


def count(place: str, error: BaseException, request_id: str) -> None:
    """One error. Never raises: whoever calls is busy with the error itself."""
    # The database is away, and /readyz says so: to ask it again would keep a person waiting.
    if isinstance(error, OperationalError | InterfaceError) or connection.needs_rollback:
        return
    try:
        ServerError.objects.count_one(place, type(error).__name__, request_id)
    except Error as problem:
        logger.warning("An error could not be counted: %s", problem)


def count_of_request(sender: Any, request: Any = None, **named: Any) -> None:
    """Receiver of Django's signal. The route, not the path: paths hold the names of people."""
    error = sys.exc_info()[1]
    if error is None or request is None:
        return
    match = getattr(request, "resolver_match", None)
    place = f"{request.method} /{match.route}" if match else f"{request.method} (no route)"
    count(place, error, current_request_id())


def connect() -> None:
    got_request_exception.connect(count_of_request, dispatch_uid="cfsite.operations.errors")
