"""What the worker is asked to do for the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from celery import shared_task

from movies.posters.tmdb_fetch import fetch

A_ROUND = 500


@shared_task
def fetch_posters() -> dict[str, Any]:
    return asdict(fetch(A_ROUND))
