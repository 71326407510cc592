"""Telling clients that an operation of the API will go (RFC 9745 and RFC 8594)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response


def deprecated(since: date, until: date, link: str) -> Callable[[Callable], Callable]:
    """Decorator of an operation (outermost): adds `Deprecation`, `Sunset` and `Link` to answers.

    Errors have them too. The schema marks the operation.

    Args:
        until: The day from which the operation may answer 410; see docs/api.md for how far ahead.
        link: Where it says what to use instead.
    """

    headers = {
        "Deprecation": f"@{_seconds(since)}",
        "Sunset": http_date(_seconds(until)),
        "Link": f'<{link}>; rel="deprecation"',
    }

    def decorate(operation: Callable) -> Callable:
        @functools.wraps(operation)
        def call(view: Any, *args: Any, **kwargs: Any) -> Response:
            view.headers |= headers  # REST framework adds them to whatever is answered
            return operation(view, *args, **kwargs)

        return extend_schema(deprecated=True)(call)

    return decorate


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
