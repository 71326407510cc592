"""Celery tasks of the operator's apps; each is one call."""

from __future__ import annotations

from celery import shared_task

from cfsite.operations.mail import outbox


@shared_task
def send_mail() -> dict[str, int]:
    done = outbox.send_due()
    return {"sent": done.sent, "failed": done.failed}
