"""A row of the table of `scale.py`, and how rows of earlier runs are kept."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from measurements import RESULTS, Table, machine, say

SAVED = RESULTS / "scale.json"


@dataclass(frozen=True)
class Row:
    """One figure. `what` and `setup` together are the row's name: a new run replaces the old."""

    what: str  # "home during a refit, p99"
    measured: str  # "1.6 x idle", as printed
    bar: str = ""  # "<= 2 x idle", as printed
    ok: bool | None = None  # whether the bar is reached; None without a bar
    peer: str = ""  # the same of another program or of the old code, in the same run
    processor: float | None = None  # seconds, user + system, of all processes
    wall: float | None = None  # seconds
    setup: str = ""  # "25 M, PostgreSQL 15, 2 cores"
    made: str = field(default_factory=lambda: f"{date.today()}, {machine()}")


# What `--only` names -> what measures it. The argument is a folder for data, of gigabytes.
Measured = Callable[[Path], Iterable[Row]]
Parts = Mapping[str, Measured]


@dataclass
class Clock:
    """Seconds that a block took."""

    processor: float = 0.0
    wall: float = 0.0


@contextmanager
def clock() -> Iterator[Clock]:
    """Time a block: this process and the children that ended in it."""
    times, start = Clock(), time.perf_counter()
    before = _processor_seconds()
    yield times
    times.processor = _processor_seconds() - before
    times.wall = time.perf_counter() - start


def _processor_seconds() -> float:
    own = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in own)


def measure(parts: Parts, names: Iterable[str], folder: Path) -> list[Row]:
    """The rows of these parts; one that fails has a row that says so."""
    rows: list[Row] = []
    for name in names:
        say(f"{name} ...")
        try:
            for row in parts[name](folder):
                say(f"  {row.what}: {row.measured}")
                rows.append(row)
        except Exception as error:  # a later part may have taken hours to get to
            say(f"  failed: {error!r}")
            rows.append(Row(name, f"failed: {error}", ok=False))
    return rows


def table(rows: Iterable[Row]) -> Table:
    """The rows as they are printed."""
    columns = ["what", "set-up", "measured", "bar", "reached", "peer", "processor s", "wall s"]
    lines = [
        [
            *(row.what, row.setup, row.measured, row.bar),
            "" if row.ok is None else "yes" if row.ok else "NO",
            *(row.peer, _seconds(row.processor), _seconds(row.wall)),
        ]
        for row in rows
    ]
    return Table("From a million to a billion", columns, lines, n_words=6)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def merge_into_saved(rows: Iterable[Row]) -> list[Row]:
    """Write the rows beside those of earlier runs, which other rows stay; returns all."""
    earlier = [Row(**row) for row in json.loads(SAVED.read_text())] if SAVED.exists() else []
    all_rows = {(row.what, row.setup): row for row in [*earlier, *rows]}
    SAVED.write_text(json.dumps([asdict(row) for row in all_rows.values()], indent=1) + "\n")
    return list(all_rows.values())
