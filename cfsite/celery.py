"""The Celery application, configured by the CELERY_* settings."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")
TRANSPORT_ALIASES["files"] = "cfsite.lib.file_queue:Transport"

app = Celery("cfsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
