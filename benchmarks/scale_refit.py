"""Rows of benchmarks/scale.py: whole refits on PostgreSQL, from the ratings' rows to an active run.

The ratings are generated and copied into the table with triggers and foreign keys off. Processor
seconds and memory are those of the process that refits; PostgreSQL has its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psycopg
import synthetic
from measurements import ROOT
from scale_rows import Row

sys.path.insert(0, str(ROOT))

from tests.servers import postgresql

synthetic.SHAPES["ml-100m"] = (650_000, 120_000, 100_000_000)
ROWS_AT_ONCE = 1_000_000
FIRST_SECOND, LAST_SECOND = 8 * 10**8, 16 * 10**8
YEAR_2000 = 946_684_800
BETWEEN_LOOKS = 0.25  # seconds
CPU_BAR, GIGABYTES_BAR, SILENCE_BAR, LARGEST_GIGABYTES_BAR = 600, 3.5, 15, 8.0

# As in COPY (FORMAT BINARY): the number of columns, then the length and value of each.
_RATING = np.dtype(
    [("n_columns", ">i2")]
    + [
        field
        for name, kind in (
            ("user", ">i8"), ("movie", ">i8"), ("half_stars", ">i2"),
            ("rated_at", ">i8"), ("updated_at", ">i8"), ("prediction_shown", "?"),
        )
        for field in ((f"{name}_length", ">i4"), (name, kind))
    ]
)  # fmt: skip
_COLUMNS = "user_id, movie_id, half_stars, rated_at, updated_at, prediction_shown"


def refit_1m(folder: Path) -> Iterator[Row]:
    """A whole refit of a million ratings: processor, memory, silence, phases"""
    return _refit("ml-1m", "1 M")


def refit_5m(folder: Path) -> Iterator[Row]:
    """A whole refit of 5 million ratings"""
    return _refit("ml-5m", "5 M")


def refit_25m(folder: Path) -> Iterator[Row]:
    """A whole refit of ml-25m's shape; half an hour"""
    return _refit("ml-25m", "25 M")


def refit_100m(folder: Path) -> Iterator[Row]:
    """A whole refit of 100 million ratings; hours, 30 GB of disk"""
    return _refit("ml-100m", "100 M")


PARTS = {
    "refit-1m": refit_1m,
    "refit-5m": refit_5m,
    "refit-25m": refit_25m,
    "refit-100m": refit_100m,
}


@dataclass
class Watched:
    """What was seen of a refit from outside."""

    processor: float = 0.0
    wall: float = 0.0
    megabytes: float = 0.0  # the most anonymous memory
    silence: float = 0.0  # seconds, the longest without a heartbeat
    phases: dict[str, float] = field(default_factory=dict)  # processor seconds
    peaks: dict[str, float] = field(default_factory=dict)  # megabytes


def _refit(shape: str, size: str) -> Iterator[Row]:
    with postgresql() as url:
        site = {**os.environ, "DATABASE_URL": url, "CFSITE_DEBUG": "1"}
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "--verbosity", "0"], env=site, check=True, cwd=ROOT)
        _fill(url, shape)
        process = subprocess.Popen(
            [*manage, "refit", "--seed", "1", "--force", "--quiet"], env=site, cwd=ROOT
        )
        found = _watch(process, url)
    setup = f"{size} ratings, PostgreSQL, {len(os.sched_getaffinity(0))} cores"
    is_25m, is_100m = size == "25 M", size == "100 M"
    phases = "; ".join(
        f"{name} {seconds:.0f} s, {found.peaks[name]:,.0f} MB"
        for name, seconds in found.phases.items()
    )
    yield Row(
        "whole refit, processor", f"{found.processor:.0f} s", f"<= {CPU_BAR} s" if is_25m else "",
        found.processor <= CPU_BAR if is_25m else None,
        processor=found.processor, wall=found.wall, setup=setup,
    )  # fmt: skip
    bar = GIGABYTES_BAR if is_25m else LARGEST_GIGABYTES_BAR
    gigabytes = found.megabytes / 1000
    yield Row(
        "whole refit, most anonymous memory", f"{gigabytes:.2f} GB",
        f"<= {bar} GB" if is_25m or is_100m else "",
        gigabytes <= bar if is_25m or is_100m else None, setup=setup,
    )  # fmt: skip
    yield Row(
        "whole refit, longest silence", f"{found.silence:.0f} s", f"<= {SILENCE_BAR} s",
        found.silence <= SILENCE_BAR, setup=setup,
    )  # fmt: skip
    yield Row("whole refit, phases", phases, setup=setup)


def _watch(process: subprocess.Popen, url: str) -> Watched:
    """Look at the process and its run until it ends."""
    found, start, before = Watched(), time.perf_counter(), 0.0
    look = "SELECT phase, extract(epoch FROM clock_timestamp() - heartbeat_at)::float8"
    look += " FROM recommender_trainingrun WHERE state = 'running'"
    with psycopg.connect(url, autocommit=True) as connected:
        while process.poll() is None:
            row = connected.execute(look).fetchone()
            phase, silence = row if row and row[0] else ("starting and ending", 0.0)
            processor, megabytes = _used(process.pid)
            found.silence = max(found.silence, silence)
            found.megabytes = max(found.megabytes, megabytes)
            found.phases[phase] = found.phases.get(phase, 0.0) + max(processor - before, 0.0)
            found.peaks[phase] = max(found.peaks.get(phase, 0.0), megabytes)
            before = max(processor, before)
            time.sleep(BETWEEN_LOOKS)
    if process.returncode:
        raise RuntimeError(f"the refit ended with {process.returncode}")
    found.processor, found.wall = before, time.perf_counter() - start
    return found


def _used(pid: int) -> tuple[float, float]:
    """Processor seconds so far, and megabytes of anonymous memory; zeros after its end."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        memory = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0, 0.0
    ticks = int(stat[11]) + int(stat[12])
    (anonymous,) = (line for line in memory.splitlines() if line.startswith("Anonymous:"))
    return ticks / os.sysconf("SC_CLK_TCK"), int(anonymous.split()[1]) / 1000


def _fill(url: str, shape: str) -> None:
    """Raters of a data set, movies and ratings, in an empty, migrated database."""
    n_users, n_items, _ = synthetic.SHAPES[shape]
    script = "from accounts.models import User; from movies.models import Movie;"
    script += "User.objects.create(username='rater 1', email='1@example.org', is_active=False,"
    script += " is_dataset_member=True); Movie.objects.create(title='Movie 1', year=1990)"
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "--no-imports", "-c"]
    site = {**os.environ, "DATABASE_URL": url, "CFSITE_DEBUG": "1"}
    subprocess.run([*command, script], env=site, check=True, cwd=ROOT)
    with psycopg.connect(url, dbname=urlsplit(url).path[1:]) as connected:
        connected.execute("SET session_replication_role = replica")  # no triggers, no keys
        first_user = _multiply(
            connected, "accounts_user", n_users,
            {"username": "'rater ' || n", "email": "n || '@example.org'"},
        )  # fmt: skip
        first_movie = _multiply(connected, "movies_movie", n_items, {"title": "'Movie ' || n"})
        statement = f"COPY movies_rating ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
        with connected.cursor().copy(statement) as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for records in _records(shape, first_user, first_movie):
                copy.write(records.tobytes())
            copy.write(b"\xff\xff")
        connected.execute("ANALYZE")


def _multiply(connected: psycopg.Connection, table: str, n: int, own: dict[str, str]) -> int:
    """n - 1 more rows like the only one; returns its id. own: values, by their number n."""
    names = connected.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND is_generated = 'NEVER'",
        [table],
    )
    columns = sorted({name for (name,) in names} - {"id", *own})
    copied = ", ".join(f'"{name}"' for name in columns)
    connected.execute(
        f"INSERT INTO {table} ({copied}, {', '.join(own)}) SELECT {copied},"
        f" {', '.join(own.values())} FROM {table}, generate_series(2, {n}) AS n ORDER BY n"
    )
    return connected.execute(f"SELECT min(id) FROM {table}").fetchone()[0]


def _records(shape: str, first_user: int, first_movie: int) -> Iterator[np.ndarray]:
    """By user, in no other order."""
    made = synthetic.synthetic(shape)
    order = np.argsort(made.users, kind="stable")
    rng = np.random.default_rng(1)
    for start in range(0, order.size, ROWS_AT_ONCE):
        rows = order[start : start + ROWS_AT_ONCE]
        records = np.zeros(rows.size, _RATING)
        records["n_columns"] = len(_COLUMNS.split(", "))
        for name in (name for name in _RATING.names if name.endswith("_length")):
            records[name] = _RATING[name.removesuffix("_length")].itemsize
        records["user"] = made.users[rows] + first_user
        records["movie"] = made.items[rows] + first_movie
        records["half_stars"] = np.rint(2 * made.stars[rows])
        seconds = rng.integers(FIRST_SECOND, LAST_SECOND, rows.size) - YEAR_2000
        records["rated_at"] = records["updated_at"] = seconds * 1_000_000
        yield records
