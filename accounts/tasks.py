"""Celery tasks of accounts."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings

from accounts import account_deletion, prepared_export
from accounts.devices.devices import forget_ended


@shared_task
def delete_expired_sessions() -> None:
    """As `manage.py clearsessions`; nothing else deletes them."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    forget_ended()


@shared_task
def prepare_exports() -> dict[str, int]:
    return {"prepared": prepared_export.prepare_waiting()}


@shared_task
def erase_leftovers() -> None:
    account_deletion.erase_leftovers()
