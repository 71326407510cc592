"""What a benchmark reports: numbers with bars, one table, and where and when it was measured."""

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
PERFORMANCE = ROOT / "docs" / "performance.md"

_COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Measurement:
    """One figure; `bar` such as "<= 0.878" is what it has to reach, empty for a peer's figure."""

    name: str
    value: float | str | None
    unit: str
    bar: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the bar is reached; None where there is no bar."""
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
    """Rows of cells under a heading each column; the first `n_words` columns are words."""

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


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options every benchmark has."""
    parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")
    parser.add_argument(
        "--docs",
        action="store_true",
        help="also put the table into docs/performance.md, with date, machine and command",
    )
    default = Path(os.environ.get("CFSITE_DATA_DIR", ROOT / "var"))
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default,
        help=f"downloads, generated data and the peers' environments (default {default})",
    )


def report(
    options: argparse.Namespace,
    section: str,
    tables: Sequence[Table],
    measurements: Sequence[Measurement],
) -> int:
    """Print what was measured; returns the exit code, 1 where a bar was missed."""
    bars = [measurement for measurement in measurements if measurement.bar]
    if options.json:
        json.dump([m.to_dict() for m in measurements], sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        shown = [*tables, _bars_table(bars)] if bars else tables
        print("\n\n".join(table.text() for table in shown))
        print(f"\n{machine()}; {date.today()}")
    if options.docs:
        write_section(section, [*tables, _bars_table(bars)] if bars else tables)
    return int(any(not measurement.ok for measurement in bars))


def _bars_table(bars: Sequence[Measurement]) -> Table:
    rows = [[m.name, _shown(m.value), m.unit, m.bar, "yes" if m.ok else "NO"] for m in bars]
    return Table("Bars", ["what", "measured", "unit", "bar", "reached"], rows, n_words=1)


def _shown(value: float | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:.4g}"


def machine() -> str:
    """Processor, cores this process may use, Python."""
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
    """The command line of this run, as typed from the checkout, without where its files lie."""
    script = Path(sys.argv[0]).resolve()
    name = script.relative_to(ROOT) if script.is_relative_to(ROOT) else script
    words = iter(sys.argv[1:])
    kept = [word for word in words if not (word == "--data-dir" and next(words, ""))]
    return shlex.join(["python", str(name), *kept])


def write_section(section: str, tables: Sequence[Table]) -> None:
    """Replace what stands between the section's two marks in docs/performance.md."""
    text = PERFORMANCE.read_text()
    begin, end = f"<!-- begin {section} -->", f"<!-- end {section} -->"
    if begin not in text or end not in text:
        raise SystemExit(f"{PERFORMANCE} has no section {section}.")
    before, rest = text.split(begin)
    head = f"{date.today()}, {machine()}:\n\n    {command()}"
    body = "\n\n".join([head, *(table.markdown() for table in tables)])
    PERFORMANCE.write_text(f"{before}{begin}\n{body}\n{end}{rest.split(end)[1]}")


def say(line: str) -> None:
    """Progress, on stderr: stdout is the table's."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
