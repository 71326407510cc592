"""The Celery application, configured by the CELERY_* settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")

app = Celery("cfsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
