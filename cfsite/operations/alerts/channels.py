"""Ways to reach staff: mail, a webhook, ntfy. Each raises what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from accounts.models import User
from cfsite.operations.models import Alert, AlertMessage

TIMEOUT = (5, 10)  # seconds to connect, to answer


def channels() -> dict[str, Callable[[AlertMessage], None]]:
    """Those that reach somebody, by name."""
    found: dict[str, Callable[[AlertMessage], None]] = {}
    if recipients():
        found["mail"] = send_mail
    if settings.ALERT_WEBHOOK:
        found["webhook"] = post_to_webhook
    if settings.ALERT_NTFY:
        found["ntfy"] = post_to_ntfy
    return found


def recipients() -> list[str]:
    """The addresses of the settings, or those of staff."""
    if settings.ALERT_EMAILS is not None:
        return list(settings.ALERT_EMAILS)
    staff = User.objects.filter(is_staff=True, is_active=True).exclude(email="").order_by("pk")
    return list(staff.values_list("email", flat=True))


def send_mail(message: AlertMessage) -> None:
    body = f"{text(message)}\n\n{settings.SITE_URL}/admin/\n"
    # Not through the outbox, which the worker empties: the worker may be what is gone.
    backend = getattr(settings, "EMAIL_DELIVERY_BACKEND", "") or settings.EMAIL_BACKEND
    connection = get_connection(backend)
    subject = settings.EMAIL_SUBJECT_PREFIX + title(message)
    EmailMessage(subject, body, to=recipients(), connection=connection).send()


def post_to_webhook(message: AlertMessage) -> None:
    _post(settings.ALERT_WEBHOOK, json=as_json(message))


def post_to_ntfy(message: AlertMessage) -> None:
    # As JSON to the server's root, since headers hold ASCII alone.
    server, _slash, topic = settings.ALERT_NTFY.rpartition("/")
    is_over = message.event == AlertMessage.Event.CLOSED
    _post(
        server,
        json={
            "topic": topic,
            "title": f"{settings.SITE_NAME}: {title(message)}",
            "message": text(message),
            "priority": 3 if is_over else 4,
            "tags": ["white_check_mark" if is_over else "warning"],
            "click": f"{settings.SITE_URL}/admin/",
        },
    )


def _post(url: str, **content: Any) -> None:
    with requests.post(url, timeout=TIMEOUT, allow_redirects=False, stream=True, **content) as got:
        if got.status_code >= 300:
            raise requests.HTTPError(f"the answer was {got.status_code}")


def title(message: AlertMessage) -> str:
    kind = message.alert.get_kind_display()
    if message.event == AlertMessage.Event.CLOSED:
        return _("Over: %(trouble)s") % {"trouble": kind}
    return kind


def text(message: AlertMessage) -> str:
    alert = message.alert
    times = {"since": alert.opened_at.strftime("%Y-%m-%d %H:%M UTC")}
    if message.event == AlertMessage.Event.CLOSED and alert.closed_at:
        times["until"] = alert.closed_at.strftime("%Y-%m-%d %H:%M UTC")
        times_in_words = _("From %(since)s to %(until)s") % times
    else:
        times_in_words = _("Since %(since)s") % times
    return "\n".join(filter(None, [alert.get_kind_display(), alert.detail, times_in_words]))


def as_json(message: AlertMessage) -> dict[str, Any]:
    alert: Alert = message.alert
    return {
        "site": settings.SITE_NAME,
        "url": settings.SITE_URL,
        "event": message.event,
        "kind": alert.kind,
        "title": title(message),
        "detail": alert.detail,
        "opened_at": alert.opened_at.isoformat(),
        "closed_at": alert.closed_at and alert.closed_at.isoformat(),
    }
