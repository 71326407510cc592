"""Unhandled errors to Sentry, without what says who met them.

Settings import this module: it imports no model, and sentry_sdk only when there is a DSN.
"""

from __future__ import annotations

from typing import Any

# Whole parts of an event that hold personal data, or what somebody typed.
_PERSONAL = ("user", "breadcrumbs", "extra")
_OF_REQUEST = ("method",)


def start(dsn: str, version: str) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=dsn,
        release=version,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        # Lines of the log may quote what somebody typed; unhandled errors come without them.
        integrations=[LoggingIntegration(level=None, event_level=None)],
        before_send=without_personal_data,
        server_name="",
    )


def without_personal_data(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Errors keep their kind, where they happened and the route; messages may quote people."""
    for key in _PERSONAL:
        event.pop(key, None)
    request = event.get("request") or {}
    event["request"] = {key: request[key] for key in _OF_REQUEST if key in request}
    for error in (event.get("exception") or {}).get("values") or ():
        error["value"] = ""
    event.pop("logentry", None)
    event.pop("message", None)
    return event
