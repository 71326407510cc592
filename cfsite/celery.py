"""The Celery application, configured by the CELERY_* settings."""

import os
from importlib import import_module
from typing import Any

from celery import Celery, signals
from kombu.transport import TRANSPORT_ALIASES

from cfsite.start import refuse_if_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")
TRANSPORT_ALIASES["files"] = "cfsite.lib.queue.file_queue:Transport"

app = Celery("cfsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Receivers of its signals: heartbeats and the look for trouble.
app.on_after_finalize.connect(
    lambda **named: import_module("cfsite.operations.process_signals"), weak=False
)


@signals.worker_init.connect
def prepare_worker(**_named: object) -> None:
    from cfsite.lib.queue.worker_shutdown import bound_shutdown

    signals.worker_shutting_down.connect(bound_shutdown)


# The first that workers and beat both send.
@signals.import_modules.connect
def on_start(**kwargs: Any) -> None:
    refuse_if_unsafe()


@signals.setup_logging.connect
def leave_logging_to_django(**kwargs: Any) -> None:
    """Having a receiver keeps Celery from setting up its own; Django's is set up already."""
