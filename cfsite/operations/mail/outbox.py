"""The outbox: a mail backend that stores mail, and the sending of what it stored.

A request only writes a row, in its own transaction: a mail server that hangs or refuses delays no
page, and a mail is sent if, and only if, what it tells has been saved.
"""

from __future__ import annotations

import contextlib
import logging
import smtplib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from cfsite.operations.models import OutgoingMail

logger = logging.getLogger(__name__)

TIME_LIMIT = 60.0  # seconds after which the rest waits for the next round

# What a mail server says of one mail; any other error of it concerns them all.
OF_ONE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


class Outbox(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [OutgoingMail.of(message) for message in email_messages if message.recipients()]
        OutgoingMail.objects.bulk_create(rows)
        return len(rows)


@dataclass
class Round:
    """What became of the mail that was due."""

    sent: int = 0
    failed: int = 0
    problem: str = ""  # of the mail server


def delivery() -> BaseEmailBackend:
    """The connection that really sends; only for where nobody waits for an answer."""
    return get_connection(settings.EMAIL_DELIVERY_BACKEND)


def send_due(*, time_limit: float = TIME_LIMIT) -> Round:
    """Send what is due. With a server that does not answer, one mail is tried a round."""
    OutgoingMail.objects.forget_old()
    done, connection = Round(), delivery()
    end = time.monotonic() + time_limit
    try:
        while not done.problem and time.monotonic() < end:
            mail = OutgoingMail.objects.claim()
            if mail is None:
                break
            _send(mail, connection, done)
    finally:
        with contextlib.suppress(OSError):  # smtplib's errors are among them
            connection.close()
    return done


def _send(mail: OutgoingMail, connection: BaseEmailBackend, done: Round) -> None:
    try:
        connection.open()
        connection.send_messages([mail.message()])
    except Exception as error:
        mail.postpone(error, for_good=_is_final(error))
        done.failed += 1
        if isinstance(error, OSError) and not isinstance(error, OF_ONE_MAIL):
            done.problem = f"{type(error).__name__}: {error}"
        _log(mail, error)
    else:
        mail.delete()
        done.sent += 1


def _is_final(error: Exception) -> bool:
    """Whether the server refuses the recipients for good, as it does unknown ones."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _text in error.recipients.values())


def _log(mail: OutgoingMail, error: Exception) -> None:
    """Without the error's text, which may name recipients; the admin shows it."""
    name = type(error).__name__
    if mail.next_attempt_at is None:
        logger.error("Mail %s given up after %s attempts: %s", mail.pk, mail.attempts, name)
    else:
        logger.warning("Mail %s not sent (%s), attempt %s", mail.pk, name, mail.attempts)
