"""How a benchmark reports: figures with bars, tables, and the date and machine of the run."""

from __future__ import annotations

import argparse
import json
import operator
import os
import platform
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"

_COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Measurement:
    """One figure and, for our own, the bar it has to reach, such as "<= 0.878"."""

    name: str
    value: float | str | None
    unit: str
    bar: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the bar is reached; None without a bar."""
        if not self.bar:
            return None
        sign, wanted = self.bar.split()
        return isinstance(self.value, int | float) and _COMPARE[sign](self.value, float(wanted))

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "bar": self.bar or None,
            "ok": self.ok,
        }


@dataclass(frozen=True)
class Table:
    """Rows under column headings; the first `n_words` columns are text, the rest numbers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    n_words: int = 2

    def text(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [self.title, "", self._line(self.columns, widths)]
        lines += ["  ".join("-" * width for width in widths)]
        lines += [self._line(row, widths) for row in self.rows]
        return "\n".join(lines)

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        padded = [
            cell.ljust(width) if number < self.n_words else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    def markdown(self) -> str:
        rule = "|" + "---|" * self.n_words + "---:|" * (len(self.columns) - self.n_words)
        rows = ["| " + " | ".join(row) + " |" for row in [self.columns, *self.rows]]
        return "\n".join([f"**{self.title}**", "", rows[0], rule, *rows[1:]])


def option_parser(doc: str | None, quick: str = "") -> argparse.ArgumentParser:
    """A parser with the options that every benchmark has.

    quick: what --quick leaves out; no such option without.
    """
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--save",
        action="store_true",
        help="also write the tables to benchmarks/results, with date, machine and command",
    )
    default = Path(os.environ.get("CFSITE_DATA_DIR", ROOT / "var"))
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default,
        help=f"downloads, generated data and the peers' environments (default {default})",
    )
    if quick:
        parser.add_argument("--quick", action="store_true", help=quick)
    return parser


def report(
    options: argparse.Namespace,
    name: str,
    tables: Sequence[Table],
    measurements: Sequence[Measurement],
) -> int:
    """Print the tables or the JSON. Returns the exit code: 1 if a bar was missed."""
    bars = [measurement for measurement in measurements if measurement.bar]
    if options.json:
        json.dump([m.to_dict() for m in measurements], sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        shown = [*tables, _bars_table(bars)] if bars else tables
        print("\n\n".join(table.text() for table in shown))
        print(f"\n{machine()}; {date.today()}")
    if options.save:
        save(name, [*tables, _bars_table(bars)] if bars else tables)
    return int(any(not measurement.ok for measurement in bars))


def _bars_table(bars: Sequence[Measurement]) -> Table:
    rows = [[m.name, _shown(m.value), m.unit, m.bar, "yes" if m.ok else "NO"] for m in bars]
    return Table("Bars", ["what", "measured", "unit", "bar", "reached"], rows, n_words=1)


def _shown(value: float | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:.4g}"


def machine() -> str:
    """Processor, cores available to this process, memory and Python version."""
    try:
        text = Path("/proc/cpuinfo").read_text()
        model = next(iter(re.findall(r"model name\s*: (.*)", text)), platform.machine())
        memory = int(re.findall(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[0])
        size = f", {memory / 2**20:.0f} GiB"
    except OSError:
        model, size = platform.processor() or platform.machine(), ""
    cores = len(available_cores())
    return f"{model}, {cores} cores{size}, Python {platform.python_version()}"


def available_cores() -> list[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def command() -> str:
    """The command line of this run, relative to the checkout and without --data-dir."""
    script = Path(sys.argv[0]).resolve()
    name = script.relative_to(ROOT) if script.is_relative_to(ROOT) else script
    words = iter(sys.argv[1:])
    kept = [word for word in words if not (word == "--data-dir" and next(words, ""))]
    return shlex.join(["python", str(name), *kept])


def save(name: str, tables: Sequence[Table]) -> None:
    """Replace benchmarks/results/{name}.md."""
    head = (
        f"# {name}\n\nWritten by the benchmark; do not edit. {date.today()}, {machine()}:\n\n"
        f"    {command()}"
    )
    text = "\n\n".join([head, *(table.markdown() for table in tables)])
    RESULTS.joinpath(f"{name}.md").write_text(f"{text}\n")


def say(line: str) -> None:
    """Print progress to stderr; stdout belongs to the results."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
