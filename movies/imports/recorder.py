"""Records the progress and the result of an import as an ImportRun.

Rows are written between the transactions of the import, so other processes see them at once.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import DatabaseError
from django.utils import timezone

from cfsite.lib.queue.heartbeat import beating
from cfsite.lib.queue.worker_claims import is_dead, this_process
from movies.imports.dataset import SourceError
from movies.models import ImportRun

if TYPE_CHECKING:
    from movies.imports.dataset import DataSet, Meter
    from movies.imports.importer import ImportReport

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_WRITES = 1.0


class ImportRecorder:
    """Writes the progress of an import, at most once a second, and its result."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._written = time.monotonic()

    def phase(self, name: str) -> None:
        self.run.phase, self.run.done = name, 0
        self._write()

    def progress(self, meter: Meter, rows: int) -> None:
        self.run.done, self.run.total, self.run.rows = meter.done, meter.total, rows
        self.beat()

    def beat(self) -> None:
        if time.monotonic() - self._written >= SECONDS_BETWEEN_WRITES:
            self._write()

    def reject(self) -> None:
        self.run.rejected += 1

    def finish(self, report: ImportReport) -> None:
        run = self.run
        run.report, run.rejected = report.as_json(), report.rejected
        state = ImportRun.State.DONE if report.written else ImportRun.State.FAILED
        reason = "" if report.written else "Lines were rejected, so nothing was written."
        self._write(state=state, report=run.report, reason=reason, finished_at=timezone.now())

    def fail(self, problem: BaseException) -> None:
        reason = f"{type(problem).__name__}: {problem}".strip(": ")
        if isinstance(problem, SourceError):
            reason = str(problem)
        if isinstance(problem, KeyboardInterrupt):
            reason = "Stopped from the terminal. Import again to continue from there."
        reason = reason.replace("\0", "")  # PostgreSQL cannot store it
        self._write(state=ImportRun.State.FAILED, reason=reason, finished_at=timezone.now())

    def _write(self, **more: object) -> None:
        """Also sets the state to running, in case this run was mistaken for dead."""
        run = self.run
        counts = {name: getattr(run, name) for name in ("done", "total", "rows", "rejected")}
        fields = {"state": ImportRun.State.RUNNING, "phase": run.phase, **counts, **more}
        # An import must not fail because its progress cannot be recorded.
        try:
            ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now(), **fields)
        except DatabaseError as error:
            logger.warning("The progress of the import could not be recorded: %s", error)
        self._written = time.monotonic()


@contextlib.contextmanager
def record_import(data_set: DataSet, *, is_strict: bool = False) -> Iterator[ImportRecorder]:
    """Record the import within; an exception is stored as its failure and raised again."""
    fail_dead_runs()
    recorder = ImportRecorder(
        ImportRun.objects.create(
            data_set=data_set.name[:100],
            is_strict=is_strict,
            total=data_set.size,
            worker=this_process(),
        )
    )
    try:
        with beating(recorder.run):
            yield recorder
    except BaseException as problem:
        recorder.fail(problem)
        raise


def fail_dead_runs() -> None:
    """Mark running imports as failed whose process is gone or silent."""
    for run in ImportRun.objects.running():
        if is_dead(run):
            ImportRun.objects.running().filter(pk=run.pk, heartbeat_at=run.heartbeat_at).update(
                state=ImportRun.State.FAILED,
                finished_at=timezone.now(),
                reason="The process stopped unexpectedly. Import again to continue from there.",
            )


def running_import() -> ImportRun | None:
    """The newest running import."""
    return next((run for run in ImportRun.objects.running() if not is_dead(run)), None)
