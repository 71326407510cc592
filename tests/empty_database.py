"""Scripts on an empty database of their own, of the kind that the other tests run on."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

Run = Callable[[str], str]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Runs a script with the site's settings; what it prints."""
    environment = {**os.environ, "CFSITE_DATA_DIR": str(tmp_path)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    if connection.vendor == "sqlite":
        environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'site.sqlite3'}"
        yield lambda script: run_in(environment, script)
        return
    server = os.environ["DATABASE_URL"]
    environment["DATABASE_URL"] = urlsplit(server)._replace(path="/upgraded").geturl()
    with psycopg.connect(server, autocommit=True) as connected:
        connected.execute("CREATE DATABASE upgraded")
        try:
            yield lambda script: run_in(environment, script)
        finally:
            connected.execute("DROP DATABASE upgraded")


def run_in(environment: dict[str, str], script: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "--no-imports", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def migrate(*target: str) -> str:
    return f"from django.core.management import call_command; call_command('migrate', *{target})\n"
