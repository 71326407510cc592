"""What an import says on a terminal: how far it is, what it left out, what it did."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.core.management.base import CommandError
from tqdm import tqdm

from movies.imports.dataset import DataSet, Meter, OnReject, Reject, SourceError
from movies.imports.importer import KEPT_REJECTS, ImportReport, Watch, import_source
from movies.imports.recorder import Recorder, recorded
from movies.models.import_runs import CHECKING

SECONDS_BETWEEN_LINES = 5.0
REJECT_COLUMNS = ("file", "line", "reason", "text")


class Progress:
    """A bar on a terminal, a line every few seconds anywhere else; always on stderr."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._bar = tqdm(
            total=total or None,
            desc="ratings",
            unit="B",
            unit_scale=True,
            file=self._stream,
            disable=not self._is_terminal,
        )
        self._said, self._read = time.monotonic(), "read"

    def phase(self, name: str) -> None:
        self._read = "checked" if name == CHECKING else "read"
        self._bar.reset()
        self._bar.set_description(name)

    def beat(self) -> None:
        """Movies take moments; a bar for them would be gone before it is seen."""

    def __call__(self, meter: Meter, rows: int) -> None:
        self._bar.set_postfix_str(f"{rows:,} ratings", refresh=False)
        self._bar.update(meter.done - self._bar.n)
        if not self._is_terminal and time.monotonic() - self._said > SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            part = f" ({100 * meter.done // meter.total} %)" if meter.total else ""
            self._stream.write(f"{rows:,} ratings {self._read}{part}\n")

    def close(self) -> None:
        self._bar.close()


@contextmanager
def rejects_file(path: str | None) -> Iterator[OnReject | None]:
    """Writes every rejected line to a csv file; None without a path.

    Raises:
        CommandError: the file cannot be written; better known before than after the import.
    """
    if not path:
        yield None
        return
    try:
        file = Path(path).open("w", newline="", encoding="utf-8")  # noqa: SIM115 - closed below
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=2) from error
    with file:
        writer = csv.writer(file)
        writer.writerow(REJECT_COLUMNS)
        yield lambda reject: writer.writerow(reject)


def run_import(
    data_set: DataSet, *, strict: bool = False, on_reject: OnReject | None = None
) -> ImportReport:
    """Import with progress and the first rejected lines on stderr, and a row for the pages.

    Raises:
        CommandError: a file turned out to be unreadable.
    """
    progress = Progress(data_set.size)
    try:
        with recorded(data_set, is_strict=strict) as recorder:
            report = import_source(
                data_set,
                strict=strict,
                on_reject=_counted(recorder, on_reject),
                watch=_Both(progress, recorder),
            )
            recorder.finish(report)
    except SourceError as error:
        raise CommandError(str(error), returncode=2) from error
    finally:
        progress.close()
    _say_rejects(report)
    return report


class _Both:
    """For the terminal and for the pages."""

    def __init__(self, *watches: Watch) -> None:
        self._watches = watches

    def phase(self, name: str) -> None:
        for watch in self._watches:
            watch.phase(name)

    def beat(self) -> None:
        for watch in self._watches:
            watch.beat()

    def __call__(self, meter: Meter, rows: int) -> None:
        for watch in self._watches:
            watch(meter, rows)


def _counted(recorder: Recorder, on_reject: OnReject | None) -> OnReject:
    def reject(line: Reject) -> None:
        recorder.reject()
        if on_reject:
            on_reject(line)

    return reject


def _say_rejects(report: ImportReport) -> None:
    for reject in report.first_rejects:
        sys.stderr.write(f"{_printable(reject)}\n")
    if report.rejected > KEPT_REJECTS:
        more = report.rejected - KEPT_REJECTS
        sys.stderr.write(f"... and {more:,} more (--rejects FILE writes them all)\n")


def _printable(reject: Reject) -> str:
    """Without control characters: a data file must not steer the terminal."""
    return "".join(char if char.isprintable() else "�" for char in str(reject))


def sentences(report: ImportReport) -> str:
    """What was done, in words."""
    if not report.written:
        return f"{report.data_set}: {report.rejected:,} lines cannot be taken; nothing was written."
    counts = (
        f"{report.data_set}: ratings {report.ratings_new:,} new, {report.ratings_changed:,} "
        f"changed, {report.ratings_unchanged:,} unchanged, {report.rejected:,} lines rejected; "
        f"movies {report.movies_new:,} new, {report.movies_completed:,} completed, "
        f"{report.movies_unchanged:,} unchanged; {report.raters_new:,} new raters "
        f"({report.seconds:.1f} s)."
    )
    if report.ratings_repeated:
        counts += f" {report.ratings_repeated:,} lines repeat a rating; the last one counts."
    return f"{counts} Nothing has changed." if report.changed_nothing else counts
