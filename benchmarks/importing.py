"""Imports of personal ratings: time, matches and memory, on SQLite and PostgreSQL.

    python benchmarks/importing.py            five minutes; PostgreSQL's programs
    python benchmarks/importing.py --quick    300 rows and a small table, as a smoke test

A Letterboxd zip of 5,000 ratings is made of a catalogue of 20,000 titles, the built-in ones among
them, with titles spelled as other sites spell them: without accents, with the article behind, "&"
for "and", original titles, a year off by one. Three of a hundred films are not in the catalogue:
remakes, sequels, titles with a word less. Then a table of a million rows is imported by command.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measurements import (  # noqa: E402  (a script's folder comes before the checkout)
    Measurement,
    Table,
    option_parser,
    report,
    say,
)
from web.process import run, site_environment  # noqa: E402

from tests.servers import postgresql  # noqa: E402

SHOWN = {
    "read": "read and matched, s",
    "work": "imported, s",
    "work_batch": "longest batch, s",
    "again": "again, s",
    "undo": "undone, s",
}


def main() -> int:
    options = option_parser(__doc__, quick="small and short, as a smoke test").parse_args()
    size, n = (1_500, 300) if options.quick else (20_000, 5_000)
    measurements: list[Measurement] = []
    rows = []
    for name in ("SQLite", "PostgreSQL"):
        say(f"{name}: {n:,} ratings")
        with tempfile.TemporaryDirectory() as folder:
            if name == "SQLite":
                found = _measured(site_environment(folder), size, n)
            else:
                with postgresql(durable=True) as url:
                    found = _measured(site_environment(folder, url), size, n)
        rows.append(
            [name, *(f"{found[key]:.2f}" for key in SHOWN), f"{100 * found['matched']:.1f}"]
        )
        measurements += _bars(name, found)
    lines = 20_000 if options.quick else 1_000_000
    say(f"a table of {lines:,} rows")
    seconds, megabytes = _large_table(lines)
    measurements.append(Measurement(f"{lines:,} rows, memory", megabytes, "MB", "<= 300"))
    tables = [
        Table(
            f"A Letterboxd zip of {n:,} ratings, {size:,} titles",
            ["database", *SHOWN.values(), "matched, %"],
            rows,
            n_words=1,
        ),
        Table(
            "A table by command, on SQLite",
            ["rows", "seconds", "MB"],
            [[f"{lines:,}", f"{seconds:.0f}", f"{megabytes:.0f}"]],
            n_words=1,
        ),
    ]
    return report(options, "importing", tables, measurements)


def _measured(environment: dict[str, str], size: int, n: int) -> dict[str, float]:
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    return json.loads(run(environment, "benchmarks/web/import_run.py", str(size), str(n)))


def _bars(name: str, found: dict[str, float]) -> list[Measurement]:
    return [
        Measurement(f"{name}: reading and importing", found["read"] + found["work"], "s", "<= 30"),
        Measurement(f"{name}: longest batch", found["work_batch"], "s", "<= 1"),
        Measurement(f"{name}: matched", 100 * found["matched"], "%", ">= 97"),
        Measurement(f"{name}: wrong matches", found["wrong"], "films", "<= 0"),
        Measurement(f"{name}: changed by a second import", found["changed_again"], "rows", "<= 0"),
        Measurement(f"{name}: left after undo", found["left_after_undo"], "ratings", "<= 0"),
    ]


def _large_table(n: int) -> tuple[float, float]:
    """Seconds and peak memory of `manage.py import_ratings` with a table of `n` rows."""
    with tempfile.TemporaryDirectory() as folder:
        environment = site_environment(folder)
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        run(environment, "manage.py", "load_data", "--source", "demo")
        run(environment, "manage.py", "create_demo_accounts")
        path = Path(folder) / "table.csv"
        with path.open("w") as file:
            file.write("title,year,rating,date\n")
            for number in range(n):
                file.write(f"Story {number},{1950 + number % 70},{number % 10 + 1},2020-01-02\n")
        columns = ("title=title", "year=year", "rating=rating", "date=date")
        words = ["member", str(path), "--source", "csv", "--scale", "10"]
        words += [word for column in columns for word in ("--column", column)]
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "import_ratings", *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    code = os.waitstatus_to_exitcode(status)
    if code != 3:  # none of the titles is in the catalogue
        raise SystemExit(f"Error: import_ratings ended with {code}.")
    return seconds, usage.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
