"""A site in a folder of its own, with people, ratings, a list, a picture and a model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cfsite.operations.backups.backup import DATABASES
from cfsite.operations.backups.contents import Tables


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    """Of this test alone; the database is the test's."""
    folder = tmp_path / "site"
    folder.mkdir()
    settings.DATA_DIR = folder
    settings.MEDIA_ROOT = folder / "media"
    settings.BACKUP_TO = folder / "backups"
    settings.BACKUP_INTERVAL, settings.BACKUP_KEEP, settings.BACKUP_DAYS = 24, 7, 0
    return folder


@pytest.fixture
def picture(data_dir: Path) -> Path:
    path = data_dir / "media" / "posters" / "1-240.webp"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a picture")
    return path


@pytest.fixture
def tables() -> Callable[[], Tables]:
    """What the database holds at this moment."""
    return DATABASES[connection.vendor].tables
