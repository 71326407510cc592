"""Progress of a refit: on the run's row for pages and the admin, on a bar in the terminal."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone
from tqdm import tqdm

from recommender.core import Epoch
from recommender.models import TrainingRun

Show = Literal["bar", "lines", "none"]

SECONDS_BETWEEN_WRITES = 1.0
# The time limit of the settings is for so many ratings; more have more time, in proportion.
RATINGS_IN_LIMIT = 10_000_000


class Cancelled(Exception):
    """The run was given up by another process, or has exceeded its time limit."""


class Progress:
    """Writes the run's phase and heartbeat, at most once a second.

    Each write also checks that the run is still ours and within its time limit: Celery's soft time
    limit never fires inside compiled code.

    Raises:
        Cancelled: from any method that writes.
    """

    def __init__(self, run: TrainingRun, *, show: Show = "none") -> None:
        self.run = run
        self._started, self._limit = timezone.now(), timedelta(seconds=settings.REFIT_TIME_LIMIT)
        self.curve: list[dict[str, Any]] = []
        self._bar = tqdm(disable=show != "bar", leave=True, unit="", dynamic_ncols=True)
        self._lines = show == "lines"
        self._written = 0.0

    def allow_for(self, n_ratings: int) -> None:
        """Give a refit of so many ratings its time."""
        factor = min(max(n_ratings / RATINGS_IN_LIMIT, 1.0), settings.REFIT_TIME_LIMIT_FACTOR)
        self._limit = timedelta(seconds=round(factor * settings.REFIT_TIME_LIMIT))

    def phase(self, name: str, total: int = 0) -> None:
        """Start a phase; always written, since pages show it."""
        self.run.phase, self.run.done, self.run.total = name, 0, total
        self._bar.reset(total or None)
        self._bar.set_description(name)
        self._print(name)
        self._write()

    def step(self, done: int, total: int) -> None:
        self.run.done, self.run.total = done, total
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)
        if time.monotonic() - self._written >= SECONDS_BETWEEN_WRITES:
            self._write()

    def epoch(self, epoch: Epoch) -> None:
        self.curve.append(
            {
                "phase": self.run.phase,
                "block": epoch.block,
                "epoch": epoch.epoch,
                "train_rmse": _rounded(epoch.train_rmse),
                "validation_rmse": _rounded(epoch.validation_rmse),
            }
        )
        self._bar.set_postfix(block=epoch.block, RMSE=_rounded(epoch.train_rmse))
        self._print(f"  {epoch.block} {epoch.epoch}/{epoch.n_epochs} {_errors(epoch)}")
        self.step(epoch.epoch, epoch.n_epochs)

    def close(self) -> None:
        self._bar.close()

    def _print(self, line: str) -> None:
        if self._lines:
            sys.stderr.write(f"{line}\n")

    def _write(self) -> None:
        now = timezone.now()
        if now > self._started + self._limit:
            raise Cancelled(f"it took longer than {self._limit.total_seconds():.0f} seconds")
        ours = TrainingRun.objects.running().filter(pk=self.run.pk)
        if not ours.update(
            phase=self.run.phase,
            done=self.run.done,
            total=self.run.total,
            heartbeat_at=now,
            curve=self.curve,
        ):
            raise Cancelled("another process gave up on this run")
        self._written = time.monotonic()


def _errors(epoch: Epoch) -> str:
    if epoch.validation_rmse is None:
        return f"RMSE {epoch.train_rmse:.4f}"
    return f"RMSE {epoch.train_rmse:.4f}, validation {epoch.validation_rmse:.4f}"


def finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with None for NaN and infinity, which databases refuse in JSON."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 5)
