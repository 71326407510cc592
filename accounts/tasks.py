"""Celery tasks of accounts."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings


@shared_task
def delete_expired_sessions() -> None:
    """As `manage.py clearsessions`; nothing else deletes them."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
