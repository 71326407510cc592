"""The Celery application, configured by the CELERY_* settings."""

import os
from typing import Any

from celery import Celery, signals

from cfsite.start import refuse_if_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")

app = Celery("cfsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# The first that workers and beat both send.
@signals.import_modules.connect
def on_start(**kwargs: Any) -> None:
    refuse_if_unsafe()
