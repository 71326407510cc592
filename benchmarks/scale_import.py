"""Rows of benchmarks/scale.py: imports of generated data sets into PostgreSQL and SQLite.

The bare load beside each import is described in importing_data_sets.py.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import importing_data_sets as bench
import synthetic
from measurements import ROOT
from scale_rows import Row

synthetic.SHAPES["ml-5m"] = (40_000, 10_000, 5_000_000)
MEASURED = {"ml-1m": "1 M", "ml-5m": "5 M", "ml-25m": "25 M"}
MINUTES_BAR, TIMES_BAR, MEGABYTES_BAR, AGAIN_BAR = 15, 1.6, 1000, 15
N_KILLS = 10


def import_1m(folder: Path) -> Iterator[Row]:
    """A million ratings into PostgreSQL, again, and beside the bare load"""
    return _import(folder, "ml-1m", "PostgreSQL")


def import_5m(folder: Path) -> Iterator[Row]:
    """Five million ratings into PostgreSQL, again, and beside the bare load"""
    return _import(folder, "ml-5m", "PostgreSQL")


def import_25m(folder: Path) -> Iterator[Row]:
    """MovieLens 25M's shape into PostgreSQL, again, and beside the bare load; half an hour"""
    return _import(folder, "ml-25m", "PostgreSQL")


def import_1m_sqlite(folder: Path) -> Iterator[Row]:
    """A million ratings into SQLite, again, and beside the bare load"""
    return _import(folder, "ml-1m", "SQLite")


def _import(folder: Path, shape: str, database: str) -> Iterator[Row]:
    source, data = _data_set(folder, shape), _new(folder / "site")
    setup = f"{MEASURED[shape]} ratings, {database}"
    with bench.database(database, data) as url:
        site = _site(url, data)
        first = bench.in_site(["migrate"], ["import", str(source)], site)
        again = bench.in_site([], ["import", str(source)], site)
        bare = bench.in_site([], ["bare"], site)
    shutil.rmtree(data)
    assert first["wrong"] == again["wrong"] == 0, "counts of movies are wrong"
    minutes, times = first["seconds"] / 60, first["processor"] / bare["processor"]
    per_row = 1e6 * again["processor"] / again["rows"]
    megabytes = max(first["megabytes"], again["megabytes"])
    yield Row(
        what="import a data set",
        measured=f"{minutes:.1f} min, {times:.2f} x the processor time of the bare load",
        bar=f"<= {MINUTES_BAR} min, <= {TIMES_BAR} x",
        ok=minutes <= MINUTES_BAR and times <= TIMES_BAR,
        peer=f"bare load {bare['processor']:.1f} s processor, {bare['seconds']:.1f} s",
        processor=first["processor"],
        wall=first["seconds"],
        setup=setup,
    )
    yield Row(
        what="import it again, nothing changed",
        measured=f"{per_row:.1f} us of processor time a row",
        bar=f"<= {AGAIN_BAR} us",
        ok=per_row <= AGAIN_BAR,
        processor=again["processor"],
        wall=again["seconds"],
        setup=setup,
    )
    yield Row(
        what="peak memory of an import",
        measured=f"{megabytes:.0f} MB",
        bar=f"<= {MEGABYTES_BAR} MB",
        ok=megabytes <= MEGABYTES_BAR,
        setup=setup,
    )


def second_set(folder: Path) -> Iterator[Row]:
    """A million ratings into a site that has five million others"""
    first, second = _data_set(folder, "ml-5m"), _data_set(folder, "ml-1m")
    data = _new(folder / "site")
    with bench.database("PostgreSQL", data) as url:
        site = _site(url, data)
        bench.in_site(["migrate"], ["import", str(first)], site)
        took = bench.in_site([], ["import", str(second)], site)
    shutil.rmtree(data)
    n = synthetic.SHAPES["ml-1m"][2]
    yield Row(
        what="import a second data set beside the first",
        measured=f"{1e6 * took['processor'] / n:.1f} us of processor time a row,"
        f" {took['wrong']:.0f} wrong counts",
        ok=took["wrong"] == 0,
        processor=took["processor"],
        wall=took["seconds"],
        setup="1 M ratings into a site with 5 M, PostgreSQL",
    )


def killed(folder: Path) -> Iterator[Row]:
    """Imports of a million ratings, killed at random moments until one ends"""
    for database in ("PostgreSQL", "SQLite"):
        yield _killed(folder, database)


def _killed(folder: Path, database: str) -> Row:
    source, data, draw = _data_set(folder, "ml-1m"), _new(folder / "site"), random.Random(1)
    command = [sys.executable, str(ROOT / "manage.py"), "import_movielens", str(source)]
    kills = 0
    with bench.database(database, data) as url:
        site = _site(url, data)
        subprocess.run([*command[:2], "migrate", "-v0"], env=site, check=True, cwd=ROOT)
        for _ in range(N_KILLS):
            with subprocess.Popen(
                command, env=site, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as process:
                try:
                    process.wait(draw.uniform(3, 30))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    kills += 1
        last = bench.in_site([], ["import", str(source)], site)
    shutil.rmtree(data)
    is_whole = last["rows"] == synthetic.SHAPES["ml-1m"][2] and not last["wrong"]
    return Row(
        what=f"{kills} kill -9 at random moments, then one import to the end",
        measured=f"{last['rows']:,.0f} ratings, {last['wrong']:.0f} wrong counts",
        bar="every rating once, 0 wrong",
        ok=is_whole,
        setup=f"1 M ratings, {database}",
    )


def _data_set(folder: Path, shape: str) -> Path:
    """Kept for the next run."""
    made = folder / shape
    if not (made / "links.csv").exists():
        shutil.rmtree(made, ignore_errors=True)
        bench.write_data_set(made, shape)
    return made


def _new(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _site(url: str, data: Path) -> Mapping[str, str]:
    return {**os.environ, "DATABASE_URL": url, "CFSITE_DATA_DIR": str(data)}


PARTS = {
    "import-1m": import_1m,
    "import-5m": import_5m,
    "import-25m": import_25m,
    "import-1m-sqlite": import_1m_sqlite,
    "import-second": second_set,
    "import-killed": killed,
}
