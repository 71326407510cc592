"""Import with progress, rejected lines and a summary on the terminal."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from django.core.management.base import CommandError
from django.utils import timezone
from tqdm import tqdm

from movies import published_figures
from movies.facts.built_in import loading as built_in_facts
from movies.imports.dataset import DataSet, Meter, OnReject, Reject, SourceError
from movies.imports.identity import identify
from movies.imports.importer import MAX_KEPT_REJECTS, ImportReport, ProgressListener, import_source
from movies.imports.recorder import ImportRecorder, record_import
from movies.models.import_runs import CHECKING, INDEXING, import_progress

SECONDS_BETWEEN_LINES = 5.0
REJECT_COLUMNS = ("file", "line", "reason", "text")


class Progress:
    """A progress bar on a terminal, otherwise a line every few seconds; always on stderr.

    Share and time left are those of the whole import, not of its phase.
    """

    def __init__(self, stream: TextIO | None = None, *, is_strict: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._bar = tqdm(
            total=100,
            bar_format="{desc}: {percentage:.1f} %|{bar}| {postfix}",
            file=self._stream,
            disable=not self._is_terminal,
        )
        self._is_strict, self._phase = is_strict, ""
        self._last_line, self._began = time.monotonic(), timezone.now()

    def phase(self, name: str) -> None:
        self._phase = name
        self._bar.set_description(name)
        if name == INDEXING and not self._is_terminal:
            self._stream.write("Building indexes and counting ratings.\n")

    def beat(self) -> None:
        """Ignored: importing movies takes only moments."""

    def progress(self, meter: Meter, rows: int) -> None:
        part = meter.done / meter.total if meter.total else 0.0
        work = import_progress(self._phase, part, self._began, is_strict=self._is_strict)
        left = f", about {_in_words(work.remaining)} left" if work.remaining else ""
        self._bar.set_postfix_str(f"{rows:,} ratings{left}", refresh=False)
        self._bar.update(100 * work.share - self._bar.n)
        if not self._is_terminal and time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            verb = "checked" if self._phase == CHECKING else "read"
            self._stream.write(f"{rows:,} ratings {verb} ({100 * work.share:.1f} %{left})\n")

    def close(self) -> None:
        self._bar.close()


def _in_words(time_left: timedelta) -> str:
    minutes, seconds = divmod(round(time_left.total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


@contextmanager
def rejects_file(path: str | None) -> Iterator[OnReject | None]:
    """Write every rejected line to a CSV file; yields None without a path.

    Raises:
        CommandError: the file cannot be written; raised before the import begins.
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
    data_set: DataSet,
    *,
    name: str = "",
    is_same: bool = False,
    strict: bool = False,
    on_reject: OnReject | None = None,
) -> ImportReport:
    """Import with progress and rejected lines on stderr, recorded as an ImportRun.

    Args:
        name, is_same: As for `identify`.

    Raises:
        CommandError: a file is unreadable, or it is unclear which data set this is.
    """
    try:
        identified = identify(data_set, name=name, is_same=is_same)
    except SourceError as error:
        raise CommandError(str(error), returncode=2) from error
    if identified.name != data_set.name:
        sys.stderr.write(f"Imported as {identified.name}.\n")
    data_set = identified
    progress = Progress(is_strict=strict)
    try:
        with record_import(data_set, is_strict=strict) as recorder:
            report = import_source(
                data_set,
                strict=strict,
                on_reject=_count_rejects(recorder, on_reject),
                listener=_Listeners(progress, recorder),
            )
            recorder.finish(report)
        published_figures.publish_due()
        built_in_facts.load()
    except SourceError as error:
        raise CommandError(str(error), returncode=2) from error
    finally:
        progress.close()
    _print_rejects(report)
    return report


class _Listeners:
    """Passes progress on to several listeners."""

    def __init__(self, *listeners: ProgressListener) -> None:
        self._listeners = listeners

    def phase(self, name: str) -> None:
        for listener in self._listeners:
            listener.phase(name)

    def beat(self) -> None:
        for listener in self._listeners:
            listener.beat()

    def progress(self, meter: Meter, rows: int) -> None:
        for listener in self._listeners:
            listener.progress(meter, rows)


def _count_rejects(recorder: ImportRecorder, on_reject: OnReject | None) -> OnReject:
    def reject(line: Reject) -> None:
        recorder.reject()
        if on_reject:
            on_reject(line)

    return reject


def _print_rejects(report: ImportReport) -> None:
    for reject in report.first_rejects:
        sys.stderr.write(f"{_without_controls(reject)}\n")
    if report.rejected > MAX_KEPT_REJECTS:
        more = report.rejected - MAX_KEPT_REJECTS
        sys.stderr.write(f"... and {more:,} more (use --rejects FILE to write them all)\n")


def _without_controls(reject: Reject) -> str:
    """Control characters replaced, so that a data file cannot control the terminal."""
    return "".join(char if char.isprintable() else "�" for char in str(reject))


def summary(report: ImportReport) -> str:
    """What the import did, in words."""
    if not report.written:
        return (
            f"{report.data_set}: {report.rejected:,} lines can't be imported; nothing was written."
        )
    counts = (
        f"{report.data_set}: ratings {report.ratings_new:,} new, {report.ratings_changed:,} "
        f"changed, {report.ratings_unchanged:,} unchanged, {report.rejected:,} lines rejected; "
        f"movies {report.movies_new:,} new, {report.movies_completed:,} completed, "
        f"{report.movies_unchanged:,} unchanged; {report.raters_new:,} new raters "
        f"({report.seconds:.1f} s)."
    )
    if report.ratings_repeated:
        counts += f" {report.ratings_repeated:,} lines repeat a rating; the last one counts."
    if report.changed_nothing:
        counts += " Nothing has changed."
    return " ".join([counts, *report.notes])
