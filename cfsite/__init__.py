"""The site: wires the apps together and holds no domain logic."""

from cfsite.celery import app as celery_app

__all__ = ["celery_app"]
