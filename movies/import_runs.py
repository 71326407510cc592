"""Imports that run or ran: written by whoever imports, read by those who wait for it.

The rows are written between the import's own transactions, so other processes see them at once, on
SQLite too.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.claims import is_dead, this_process
from movies.dataset import SourceError
from movies.long_work import LongWork, Phases

if TYPE_CHECKING:
    from movies.dataset import DataSet, Meter
    from movies.importing import ImportReport

logger = logging.getLogger(__name__)

CHECKING, MOVIES, RATINGS = "checking", "movies", "ratings"
PHASES: Phases = {
    MOVIES: (_("Importing movies"), 0.1),
    RATINGS: (_("Importing ratings"), 0.9),
}
# All lines are read once more before any is written.
PHASES_IF_STRICT: Phases = {
    CHECKING: (_("Checking every line"), 0.2),
    MOVIES: (_("Importing movies"), 0.1),
    RATINGS: (_("Importing ratings"), 0.7),
}
SECONDS_BETWEEN_WRITES = 1.0


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def running(self) -> Self:
        return self.filter(state=ImportRun.State.RUNNING)


class ImportRun(models.Model):
    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.RUNNING
    )
    data_set = models.CharField(_("data set"), max_length=100)
    is_strict = models.BooleanField(_("all or nothing"), default=False)
    phase = models.CharField(_("phase"), max_length=20, blank=True)
    # Bytes of the file of ratings; lines, where there is no file.
    done = models.PositiveBigIntegerField(_("read"), default=0)
    total = models.PositiveBigIntegerField(_("in all"), default=0)
    rows = models.PositiveBigIntegerField(_("ratings read"), default=0)
    rejected = models.PositiveBigIntegerField(_("lines rejected"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    heartbeat_at = models.DateTimeField(_("last sign of life"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    worker = models.CharField(_("process"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    report = models.JSONField(_("report"), default=dict, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"#{self.pk} {self.data_set}"

    @property
    def is_alive(self) -> bool:
        return self.state == self.State.RUNNING and not is_dead(self)

    @property
    def progress(self) -> LongWork:
        phases = PHASES_IF_STRICT if self.is_strict else PHASES
        part = self.done / self.total if self.total and self.phase != MOVIES else 0
        return LongWork.at(phases, self.phase, part, self.started_at, _("Getting ready"))


class Recorder:
    """Writes how far an import is, at most once a second, and what became of it."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._written = time.monotonic()

    def phase(self, name: str) -> None:
        self.run.phase, self.run.done = name, 0
        self._write()

    def __call__(self, meter: Meter, rows: int) -> None:
        self.run.done, self.run.rows = meter.done, rows
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
            reason = "Stopped from the terminal. Import again: it goes on from there."
        reason = reason.replace("\0", "")  # which PostgreSQL does not store
        self._write(state=ImportRun.State.FAILED, reason=reason, finished_at=timezone.now())

    def _write(self, **more: object) -> None:
        """Also where somebody took us for dead: what writes is alive."""
        run = self.run
        counts = {"done": run.done, "rows": run.rows, "rejected": run.rejected}
        fields = {"state": ImportRun.State.RUNNING, "phase": run.phase, **counts, **more}
        # An import must not fail because nobody can see how far it is.
        try:
            ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now(), **fields)
        except DatabaseError as error:
            logger.warning("How far the import is could not be written: %s", error)
        self._written = time.monotonic()


@contextlib.contextmanager
def recorded(data_set: DataSet, *, is_strict: bool = False) -> Iterator[Recorder]:
    """A row for the import within. What stops it is told on the row, and raised on."""
    release_dead()
    recorder = Recorder(
        ImportRun.objects.create(
            data_set=data_set.name[:100],
            is_strict=is_strict,
            total=data_set.size,
            worker=this_process(),
        )
    )
    try:
        yield recorder
    except BaseException as problem:
        recorder.fail(problem)
        raise


def release_dead() -> None:
    """Say of imports whose process is gone or silent that they stopped."""
    for run in ImportRun.objects.running():
        if is_dead(run):
            ImportRun.objects.running().filter(pk=run.pk, heartbeat_at=run.heartbeat_at).update(
                state=ImportRun.State.FAILED,
                finished_at=timezone.now(),
                reason="The process stopped without a word. Import again: it goes on from there.",
            )


def importing_now() -> ImportRun | None:
    """The newest import that runs."""
    return next((run for run in ImportRun.objects.running() if not is_dead(run)), None)
