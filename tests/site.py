"""The site's own processes, started as an operator would: web, worker, beat.

They see the test's database, so a test using them needs `transactional_db`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parent.parent
Found = TypeVar("Found")


def eventually(look: Callable[[], Found], seconds: float = 30, what: str = "it") -> Found:
    """The first true thing that `look` sees. Fails after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} seconds")


class Site:
    """Processes of one site: its own state folder, the test's database."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.log = data_dir / "processes.log"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cfsite.settings",
            "CFSITE_DATA_DIR": str(data_dir),
            "DATABASE_URL": _database_url(),
            "CFSITE_SECRET_KEY": settings.SECRET_KEY,  # sessions made by a test are valid here
            **environment,
        }
        self._processes: list[subprocess.Popen] = []

    def web(self, port: int) -> subprocess.Popen:
        return self.start("gunicorn", "cfsite.wsgi", "--bind", f"127.0.0.1:{port}", "--workers=2")

    def worker(self) -> subprocess.Popen:
        return self.start("celery", "-A", "cfsite", "worker", "--concurrency=1", "--loglevel=INFO")

    def beat(self) -> subprocess.Popen:
        return self.start("celery", "-A", "cfsite", "beat", "--loglevel=INFO")

    def start(self, program: str, *arguments: str) -> subprocess.Popen:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", program, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def kill(self, process: subprocess.Popen) -> None:
        """The process and its children, without a chance to say goodbye."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(8)
            self.kill(process)


@contextlib.contextmanager
def running_site(data_dir: Path, **environment: str) -> Iterator[Site]:
    site = Site(data_dir, **environment)
    try:
        yield site
    finally:
        site.stop()


def _database_url() -> str:
    """Where the test's own database is, in the words of the settings."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return "postgres://{USER}@{HOST}:{PORT}/{NAME}".format(**database)
