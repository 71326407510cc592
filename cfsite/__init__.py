"""The Django project: settings, URLs and pages that belong to no app."""

from cfsite import start
from cfsite.celery import app as celery_app

__all__ = ["celery_app"]

start.print_without_traceback()
