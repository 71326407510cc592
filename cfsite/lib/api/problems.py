"""Errors of the API: problem details (RFC 9457) with stable codes.

    {"type": "about:blank", "title": "Bad Request", "status": 400, "code": "invalid",
     "detail": "...", "errors": [{"field": "stars", "code": "required", "detail": "..."}]}

Views raise REST framework's exceptions with a `code`. Texts are translated, name no models and
never quote what was sent: a client may have sent what no answer can be encoded with.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"

# Codes of errors of a whole request: status and default text. Views may give other texts.
CODES = {
    "invalid": (400, gettext_lazy("Some of what was sent is not valid.")),
    "parse_error": (400, gettext_lazy("The body is not valid JSON.")),
    "bad_request": (400, gettext_lazy("The request is not valid.")),
    "not_authenticated": (401, gettext_lazy("Log in first.")),
    "authentication_failed": (401, gettext_lazy("The credential is wrong or has expired.")),
    "permission_denied": (403, gettext_lazy("You don't have permission to do this.")),
    "csrf_failed": (403, gettext_lazy("The CSRF token is missing or wrong.")),
    "not_found": (404, gettext_lazy("Not found.")),
    "method_not_allowed": (405, gettext_lazy("This address doesn't accept that method.")),
    "not_acceptable": (406, gettext_lazy("There is no answer in a format that you accept.")),
    "conflict": (409, gettext_lazy("This is not possible in the current state.")),
    "too_large": (413, gettext_lazy("The request is too large.")),
    "unsupported_media_type": (415, gettext_lazy("The body has the wrong media type.")),
    "throttled": (429, gettext_lazy("Too many requests. Try again later.")),
    "error": (500, gettext_lazy("Something went wrong. The error has been logged.")),
    "unavailable": (
        503,
        gettext_lazy("The site is unavailable right now. Try again in a few minutes."),
    ),
    "maintenance": (
        503,
        gettext_lazy("The site is down for maintenance. Try again in a few minutes."),
    ),
}
# Where the libraries' own texts quote what was sent or tell of Python.
_PLAIN = {
    "invalid_choice": gettext_lazy("This is not one of the choices."),
    "not_a_list": gettext_lazy("A list is expected."),
    "not_a_dict": gettext_lazy("An object is expected."),
    "does_not_exist": gettext_lazy("This object doesn't exist."),
    "incorrect_type": gettext_lazy("The value has the wrong type."),
    **{
        code: CODES[code][1]
        for code in ("method_not_allowed", "unsupported_media_type", "throttled")
    },
}
_WITHOUT_FIELD = (api_settings.NON_FIELD_ERRORS_KEY, "__all__", "detail")


class Conflict(exceptions.APIException):
    """409: the state of the object doesn't allow it."""

    status_code = 409
    default_code = "conflict"
    default_detail = CODES["conflict"][1]


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = CODES["too_large"][1]


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """For REST framework: the answer to its exceptions, and to Django's 404 and 403.

    It replaces `rest_framework.views.exception_handler`, which that module can't be imported for:
    it imports the parsers of the settings, and they raise errors of this module.
    """
    if isinstance(error, Http404):
        error = exceptions.NotFound()  # Django's own text names a model
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    is_invalid = isinstance(error, exceptions.ValidationError)
    body = _invalid(error.detail) if is_invalid else _refused(error)
    return Response(body, error.status_code, headers=headers, content_type=MEDIA_TYPE)


def problem(status: int, code: str, detail: str = "", errors: list[dict] | None = None) -> dict:
    """The body of an error."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail or str(CODES[code][1]),
        "errors": errors or [],
    }


def response(request: HttpRequest, code: str, detail: str = "") -> HttpResponse:
    """The error as an answer of Django's own handlers and of middlewares."""
    status = CODES[code][0]
    return JsonResponse(problem(status, code, detail), status=status, content_type=MEDIA_TYPE)


def _refused(error: exceptions.APIException) -> dict:
    """An error that is no matter of fields."""
    code = getattr(error.detail, "code", error.default_code)
    return problem(error.status_code, code, str(_PLAIN.get(code, error.detail)))


def _invalid(detail: Any) -> dict:
    """Errors by field; a single one without field is the problem itself."""
    errors = list(_flat(detail))
    if len(errors) == 1 and errors[0]["field"] is None:
        return problem(400, errors[0]["code"], errors[0]["detail"])
    return problem(400, "invalid", errors=errors)


def field_errors(detail: Any) -> list[dict[str, str | None]]:
    """The errors of a serializer as entries of `errors`."""
    return list(_flat(detail))


def _flat(detail: Any, field: str = "") -> Iterator[dict[str, str | None]]:
    """`{"groups": {0: ["Wrong."]}}` as entries with the field `groups.0`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            if name not in _WITHOUT_FIELD:
                yield from _flat(inner, f"{field}.{name}" if field else _encodable(str(name)))
            else:
                yield from _flat(inner, field)
    elif isinstance(detail, list | tuple):
        is_nested = any(isinstance(inner, Mapping | list | tuple) for inner in detail)
        for place, inner in enumerate(detail):
            if inner != {}:
                yield from _flat(inner, f"{field}.{place}" if is_nested else field)
    else:
        code = getattr(detail, "code", "invalid")
        text = str(_PLAIN.get(code, detail))
        yield {"field": field or None, "code": code, "detail": text}


def _encodable(name: str) -> str:
    return name.encode(errors="replace").decode()
