"""Importing a folder, and reading what is stored."""

from pathlib import Path

import pytest

from movies.imports import importer
from movies.imports.importer import ImportReport, import_source
from movies.imports.movielens.reader import open_dataset
from movies.models import Rating


def run_import(source: Path, **options: object) -> ImportReport:
    return import_source(open_dataset(source), **options)


def stored_ratings() -> list[tuple[str, int | None, int, str]]:
    return [
        (username, number, half_stars, f"{rated_at:%Y-%m-%dT%H:%M:%S%z}")
        for username, number, half_stars, rated_at in Rating.objects.order_by(
            "user__username", "movie__movielens_id"
        ).values_list("user__username", "movie__movielens_id", "half_stars", "rated_at")
    ]


def in_batches_of(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "_first_batch_size", lambda: rows)
    monkeypatch.setattr(importer, "_next_batch_size", lambda now, seconds: rows)
