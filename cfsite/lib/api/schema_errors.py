"""The errors of each operation in the schema of the API."""

from __future__ import annotations

from typing import Any

from cfsite.lib.api.problems import CODES, MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457). Decide by `status` and `code`.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {
            "type": "string",
            "description": "Never changes. In general one of "
            + ", ".join(f"`{code}`" for code in CODES)
            + "; some operations have others, see docs/api.md.",
        },
        "detail": {"type": "string", "description": "For people, in the language asked for."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
    "required": ["type", "title", "status", "code", "detail", "errors"],
}
FIELD_ERROR = {
    "type": "object",
    "properties": {
        "field": {
            "type": ["string", "null"],
            "description": "Field or parameter, like `stars` or `groups.0.1`; null for the whole.",
        },
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
    "required": ["field", "code", "detail"],
}
STATUSES = {
    400: "Something in the request is not valid.",
    401: "No credential, or a wrong or expired one.",
    403: "Not allowed; for a session also a missing or wrong CSRF token.",
    404: "Not found, or not yours.",
    406: "No format that the client accepts.",
    409: "Not possible in the current state.",
    410: "The cursor has expired: start anew.",
    412: "The object has changed since it was read.",
    413: "The request is too large.",
    415: "The body is not JSON (for uploads: not a form).",
    422: "The `Idempotency-Key` was sent with another request.",
    429: "Too many requests; `Retry-After` says how many seconds to wait.",
    503: "The site is down for maintenance, or its database is.",
}


def describe_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: errors are problems, whoever answers them."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {"Problem": PROBLEM, "FieldError": FIELD_ERROR}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, methods in result["paths"].items():
        if path.startswith("/_allauth/"):  # in allauth's own form
            continue
        for method, operation in methods.items():
            answers = operation["responses"]
            own = {int(status) for status in answers if int(status) >= 400}
            for status in sorted(own | _statuses_of(method, operation)):
                answers.setdefault(str(status), {"description": STATUSES[status]})
                answers[str(status)]["content"] = content
    return result


def _statuses_of(method: str, operation: dict[str, Any]) -> set[int]:
    parameters = operation.get("parameters", [])
    statuses = {400, 401, 406, 429, 503}
    if any(parameter["in"] == "path" for parameter in parameters):
        statuses.add(404)
    if any(parameter["name"] in ("cursor", "since") for parameter in parameters):
        statuses.add(410)
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        statuses |= {409, 422}
    if "requestBody" in operation:
        statuses |= {413, 415}
    if method not in {"get", "head", "options"} or "Operators" in operation.get("tags", []):
        statuses.add(403)
    return statuses
