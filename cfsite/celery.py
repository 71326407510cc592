"""The Celery application, configured by the CELERY_* settings."""

import os
from importlib import import_module

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")

app = Celery("cfsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Receivers of its signals: heartbeats and the look for trouble.
app.on_after_finalize.connect(
    lambda **named: import_module("cfsite.operations.process_signals"), weak=False
)


@setup_logging.connect
def leave_logging_to_django(**named: object) -> None:
    """Having a receiver keeps Celery from setting up its own; Django's is set up already."""
