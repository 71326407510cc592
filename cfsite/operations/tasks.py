"""Celery tasks of the operator's apps; each is one call."""

from __future__ import annotations

from contextlib import suppress

from celery import shared_task

from cfsite.operations.backups import backup
from cfsite.operations.backups.failures import BackupFailed
from cfsite.operations.mail import outbox


@shared_task
def send_mail() -> dict[str, int]:
    done = outbox.send_due()
    return {"sent": done.sent, "failed": done.failed}


@shared_task
def back_up_if_due() -> str:
    """The name of the new backup. One that failed is recorded and told by an alert."""
    with suppress(BackupFailed):
        made = backup.back_up_if_due()
        return made.name if made else ""
    return ""
