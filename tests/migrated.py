"""A migrated database, made once and copied by every test process.

Migrating takes five seconds of a processor. On SQLite the copies are of a file in var/, which is
made anew when code of the site changes; on PostgreSQL, of a database that `tests.servers` makes.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "var" / "tests"
CODE = ("accounts", "cfsite", "movies", "recommender")


def copy_to(database: Path) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = FOLDER / f"migrated-{_code()}.sqlite3"
    # Whoever comes first makes it; the others wait.
    with (FOLDER / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in FOLDER.glob("migrated-*"):
                old.unlink()
            _make(made)
        for part in ("", "-wal", "-shm"):
            Path(f"{database}{part}").unlink(missing_ok=True)
        shutil.copyfile(made, database)


def migrate(database_url: str, environment: Mapping[str, str] = os.environ) -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--settings=tests.settings"],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": database_url},
        check=True,
    )


def _make(made: Path) -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        unfinished = Path(folder) / "unfinished.sqlite3"
        migrate(f"sqlite:///{unfinished}")
        with contextlib.closing(sqlite3.connect(unfinished)) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it is in the one file
        unfinished.replace(made)


def _code() -> str:
    """Changes with the migrations and with whatever they may call."""
    digest = hashlib.sha256(sys.version.encode())
    files = [path for package in CODE for path in sorted((ROOT / package).rglob("*.py"))]
    for path in [*files, ROOT / "requirements-dev.txt"]:
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
