"""Celery tasks of the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from celery import shared_task

from movies import published_figures
from movies.posters.tmdb_fetch import fetch_due

MAX_POSTERS_PER_RUN = 500


@shared_task
def fetch_posters() -> dict[str, Any]:
    return asdict(fetch_due(MAX_POSTERS_PER_RUN))


@shared_task
def publish_figures() -> dict[str, int]:
    return {"published": published_figures.publish_due()}
