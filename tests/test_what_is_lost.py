"""Each line of docs/what-is-lost.md: the thing is lost, and what the line says is looked at."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from movies.models import Movie, Rating
from movies.models.triggers import rating_counts
from tests.lost import files, processes
from tests.lost.site import Site

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "what-is-lost.md").read_text()
LINES = [name for name in re.findall(r"^\| (\S+) \|", PAGE, re.MULTILINE) if name != "test"]
LINES = [name for name in LINES if not name.startswith("---")]


LOST: dict[str, Callable[[Site], None]] = {
    "redis": processes.redis,
    "worker": processes.worker,
    "beat": processes.beat,
    "database": processes.database,
    "backups": processes.backups,
    "cfsite.sqlite3": processes.sqlite_file,
    "media": files.media,
    "secret_key": files.secret_key,
    "mail": files.mail_folder,
    "queue": files.queue,
    "limits.sqlite3": files.limits,
    "metrics": files.metrics,
    "share": files.share,
    "faces": files.faces,
    "posters-drawn": files.posters,
    "numba": files.numba,
    "models": files.models,
    "bundles": files.bundles,
    "static": files.static,
    "datasets": files.datasets,
    "maintenance": files.maintenance,
    "backup.lock": files.backup_lock,
    "demo-logins.txt": files.demo_logins,
}


@pytest.fixture
def site(settings: Any, tmp_path: Path, alice: User, make_movie: Callable[..., Movie]) -> Site:
    rating_counts.install(connection)
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.BACKUP_TO = tmp_path / "backups"
    movie = make_movie("Heat", 1995)
    Rating.objects.rate(alice, movie, 4.5)
    return Site(tmp_path, settings, alice, movie)


@pytest.fixture
def plain_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that a test starts read the site's settings, not those of the tests."""
    for name in ("DJANGO_SETTINGS_MODULE", "NUMBA_CACHE_DIR", "REDIS_URL", "CFSITE_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERNEL", "")


@pytest.mark.parametrize("line", LINES)
def test_what_a_line_says(line: str, site: Site, plain_process: None) -> None:
    assert line in LOST, f"no test for the line {line} of docs/what-is-lost.md"
    LOST[line](site)


def test_every_file_of_the_data_folder_has_a_line() -> None:
    """All names that the code puts below the folder."""
    code = {
        path: path.read_text()
        for app in ("accounts", "movies", "recommender", "cfsite")
        for path in (ROOT / app).rglob("*.py")
    }
    named = {
        name
        for text in code.values()
        for name in re.findall(r'DATA_DIR\)? / "([\w.-]+)"', text)
        + re.findall(r'Drawing\("[\w-]+", "([\w-]+)"', text)
    }
    assert {"mail", "numba", "share", "limits.sqlite3"} <= named
    assert named - set(LINES) == set()
    assert set(LOST) == set(LINES)
