"""Mail of a site without a mail server: files in the data folder, kept for a day.

Printed to the console, as Django would do, addresses and links for new passwords would stay in a
log for as long as the machine keeps it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend
from django.core.mail.message import EmailMessage

logger = logging.getLogger(__name__)

KEPT_SECONDS = 86_400


class MailFolder(EmailBackend):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(*args, **kwargs)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = super().send_messages(email_messages) or 0
        logger.info("%s mail(s) not sent but written to %s", sent, settings.EMAIL_FILE_PATH)
        return sent


def forget(addresses: Iterable[str]) -> None:
    """Delete the files that name one of these addresses."""
    ours = [address.lower().encode() for address in addresses if address]
    for path in _files():
        content = path.read_bytes().lower()
        if any(address in content for address in ours):
            path.unlink(missing_ok=True)


def forget_old() -> None:
    for path in _files():
        if path.stat().st_mtime < time.time() - KEPT_SECONDS:
            path.unlink(missing_ok=True)


def _files() -> Iterator[Path]:
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    return Path(folder).glob("*.log") if folder else iter(())
