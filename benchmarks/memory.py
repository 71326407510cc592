"""Memory of the whole site on SQLite: web, worker and beat as the Procfile starts them.

    python benchmarks/memory.py            a minute and a half
    python benchmarks/memory.py --quick    with 10,000 of the 100,000 ratings, up to the first run

100,000 generated ratings are imported, pages are requested, and the worker learns from the ratings
by itself. The figure is the sum of the processes' proportional set sizes, in which memory that
processes share counts once.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measurements import (  # noqa: E402  (a script's folder comes before the checkout)
    Measurement,
    Table,
    option_parser,
    report,
    say,
)
from synthetic import synthetic  # noqa: E402
from web.process import run, site_environment  # noqa: E402

from tests.servers import free_port  # noqa: E402

LARGEST = 900.0  # MB
PATIENCE = 600.0  # seconds for the first run, and for its evaluation
_HAS_MODEL = "SELECT 1 FROM recommender_trainingrun WHERE is_active"
_IS_MEASURED = "SELECT 1 FROM recommender_evaluation WHERE state <> 'running'"


def main() -> int:
    options = option_parser(__doc__, quick="few ratings, no evaluation").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = site_environment(folder, CFSITE_REFIT_TICK="1")
        environment |= {
            "PORT": str(free_port()),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}",
        }
        say("importing ratings")
        _write_movielens(Path(folder, "set"), 10_000 if options.quick else 100_000)
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        run(environment, "manage.py", "import_movielens", str(Path(folder, "set")))
        database = Path(folder, "cfsite.sqlite3")
        with _site(environment) as site:
            say("learning")
            during = {"most during the refit": _highest_until(site, database, _HAS_MODEL)}
            if not options.quick:
                during |= _later(site, database, int(environment["PORT"]))
    rows = [[when, f"{megabytes:.0f}"] for when, megabytes in during.items()]
    bar = f"<= {LARGEST:.0f}"
    figures = [Measurement(when, megabytes, "MB", bar) for when, megabytes in during.items()]
    return report(options, "memory", [Table("Memory", ["when", "MB"], rows, 1)], figures)


def _later(site: psutil.Process, database: Path, port: int) -> dict[str, float]:
    during = {"most during the evaluation after it": _highest_until(site, database, _IS_MEASURED)}
    for _ in range(20):
        for path in ("/", "/movies/", "/accuracy/"):
            _request(port, path)
    time.sleep(5)  # the worker's child is gone
    return during | {"idle, after 60 pages": _megabytes(site)}


def _write_movielens(folder: Path, n: int) -> None:
    ratings = synthetic("ml-100k")
    folder.mkdir()
    lines = [
        f"{user + 1},{movie + 1},{stars},{1_000_000_000 + second}"
        for second, (user, movie, stars) in enumerate(
            zip(
                ratings.users[:n].tolist(),
                ratings.items[:n].tolist(),
                ratings.stars[:n].tolist(),
                strict=True,
            )
        )
    ]
    Path(folder, "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *lines]))
    movies = [
        f"{1 + movie},Movie {1 + movie} (1999),Drama"
        for movie in range(int(np.max(ratings.items)) + 1)
    ]
    Path(folder, "movies.csv").write_text("\n".join(["movieId,title,genres", *movies]))


@contextlib.contextmanager
def _site(environment: dict[str, str]) -> Iterator[psutil.Process]:
    started = subprocess.Popen(
        [sys.executable, "-m", "honcho", "start"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield psutil.Process(started.pid)
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        try:
            started.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _highest_until(site: psutil.Process, database: Path, query: str) -> float:
    highest, until = 0.0, time.monotonic() + PATIENCE
    while not _finds(database, query):
        if time.monotonic() > until:
            raise RuntimeError(f"this found nothing: {query}")
        highest = max(highest, _megabytes(site))
        time.sleep(0.1)
    return highest


def _megabytes(site: psutil.Process) -> float:
    """Of everything that the Procfile started, without the program that started it."""
    total = 0
    for process in site.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += process.memory_full_info().pss
    return total / 1e6


def _finds(database: Path, query: str) -> bool:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchone() is not None


def _request(port: int, path: str) -> None:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", path)
    link.getresponse().read()
    link.close()


if __name__ == "__main__":
    sys.exit(main())
