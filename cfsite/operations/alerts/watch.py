"""Looks for trouble, opens and closes alerts, and sends what is to be told of them.

Worker and beat each do this every minute, so that one tells when the other is gone, and
`manage.py alert` does it from outside for when both are. The rows decide who sends what.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation

from cfsite.operations.alerts.channels import channels
from cfsite.operations.alerts.conditions import CONDITIONS, Kind, Trouble
from cfsite.operations.models import Alert, AlertMessage, ServerError

logger = logging.getLogger(__name__)

Event = AlertMessage.Event

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
ATTEMPTS = 20  # the last ones six hours apart: three days
KEPT = timedelta(days=90)


def look() -> int:
    """One look at everything; returns how many messages went out."""
    for condition, kinds in CONDITIONS.items():
        try:
            found = list(condition())
        except (Error, OSError):
            logger.exception("Could not look for %s", ", ".join(kinds))
            continue
        update(kinds, found)
    Alert.objects.filter(closed_at__lt=timezone.now() - KEPT).delete()
    ServerError.objects.filter(last_at__lt=timezone.now() - KEPT).delete()
    return send_waiting()


def update(kinds: Iterable[Kind], found: list[Trouble]) -> None:
    """Open an alert for each kind of trouble that is new, close those that are over."""
    details: dict[Kind, list[str]] = {}
    for trouble in found:
        details.setdefault(trouble.kind, []).append(trouble.detail)
    for kind in kinds:
        if kind in details:
            _open(kind, "\n".join(details[kind]))
        else:
            _close(kind)


def _open(kind: Kind, detail: str) -> None:
    if Alert.objects.open().filter(kind=kind).update(detail=detail):
        return
    try:
        with transaction.atomic():
            alert = Alert.objects.create(kind=kind, detail=detail)
            _queue(alert, Event.OPENED, channels())
    except IntegrityError:
        return  # another process was first
    logger.warning("Alert: %s. %s", kind.value, detail, extra={"event": "alert", "kind": kind})


def _close(kind: Kind) -> None:
    with transaction.atomic():
        alert = Alert.objects.open().filter(kind=kind).first()
        if alert is None:
            return
        if not Alert.objects.open().filter(pk=alert.pk).update(closed_at=timezone.now()):
            return
        # Who never heard that it began need not hear that it is over.
        alert.messages.waiting().delete()
        told = alert.messages.filter(event=Event.OPENED).exclude(sent_at=None)
        _queue(alert, Event.CLOSED, told.values_list("channel", flat=True))
    logger.info("Alert over: %s", kind.value, extra={"event": "alert_over", "kind": kind})


def _queue(alert: Alert, event: Event, names: Iterable[str]) -> None:
    AlertMessage.objects.bulk_create(
        AlertMessage(alert=alert, event=event, channel=name) for name in names
    )


def send_waiting() -> int:
    """Send what is due. What cannot be sent is logged and tried again, ever more rarely."""
    due = AlertMessage.objects.waiting().filter(next_attempt_at__lte=timezone.now())
    return sum(_send(message) for message in due.select_related("alert").order_by("pk"))


def _send(message: AlertMessage) -> bool:
    if not _claim(message):
        return False
    send = channels().get(message.channel)
    if send is None:  # no longer set up
        AlertMessage.objects.filter(pk=message.pk).update(given_up=True)
        return False
    try:
        with translation.override(settings.LANGUAGE_CODE):
            send(message)
    except Exception as error:
        # The kind of error alone: messages of HTTP clients quote addresses with their secrets.
        _note_failure(message, type(error).__name__)
        return False
    AlertMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now(), error="")
    return True


def _claim(message: AlertMessage) -> bool:
    """Whether this process is the one to send it. The next attempt is set before this one: a
    process that dies here does not leave the message unsent.
    """
    pause = min(FIRST_PAUSE * 2**message.attempts, LONGEST_PAUSE)
    ours = AlertMessage.objects.waiting().filter(pk=message.pk, attempts=message.attempts)
    next_attempt: datetime = timezone.now() + pause
    return bool(ours.update(attempts=F("attempts") + 1, next_attempt_at=next_attempt))


def _note_failure(message: AlertMessage, error: str) -> None:
    given_up = message.attempts + 1 >= ATTEMPTS
    AlertMessage.objects.filter(pk=message.pk).update(error=error, given_up=given_up)
    logger.error(
        "An alert could not be sent by %s (%s); %s",
        *(message.channel, error, "given up" if given_up else "it is tried again"),
    )
