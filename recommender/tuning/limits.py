"""Time budget, pauses and progress of a running search."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from django.utils import timezone
from tqdm import tqdm

from recommender.core import Epoch
from recommender.models import HyperparameterSearch
from recommender.training.progress import Show

SECONDS_BETWEEN_CHECKS = 3.0


class Paused(Exception):
    """The search stops here and is resumed later; the message says why."""


class OutOfTime(Exception):
    """The time budget is used up."""


class SearchMonitor:
    """Checked after every epoch and every trial; raises to stop the work in progress.

    Args:
        slice_seconds: pause after this many seconds of the present call.
        must_pause: returns a reason to pause, or an empty string.

    `deadline` is the second of the search's own budget at which the present step has to end.
    """

    def __init__(
        self,
        search: HyperparameterSearch,
        *,
        show: Show = "none",
        slice_seconds: float | None = None,
        must_pause: Callable[[], str] | None = None,
    ) -> None:
        self.search, self.must_pause = search, must_pause
        self.deadline = search.budget_seconds
        self._started, self._spent_before = time.monotonic(), search.spent_seconds
        self._slice_seconds = slice_seconds
        self._last_check = self._started
        self._lines = show == "lines"
        self._bar = tqdm(
            total=round(search.budget_seconds),
            initial=round(search.spent_seconds),
            disable=show != "bar",
            unit="s",
            bar_format="{l_bar}{bar}| {n:.0f}/{total:.0f} s {postfix}",
        )

    @property
    def seconds_spent(self) -> float:
        """Seconds of the budget used, in this call and in earlier ones."""
        return self._spent_before + time.monotonic() - self._started

    @property
    def seconds_left(self) -> float:
        return self.deadline - self.seconds_spent

    def on_epoch(self, epoch: Epoch) -> None:
        self.check()

    def check(self) -> None:
        """Raise OutOfTime or Paused if the search has to stop."""
        if self.seconds_left <= 0:
            raise OutOfTime
        now = time.monotonic()
        if now - self._last_check < SECONDS_BETWEEN_CHECKS:
            return
        self._last_check = now
        self.save_progress()
        if self._slice_seconds is not None and now - self._started > self._slice_seconds:
            raise Paused("continuing at the next tick")
        if self.must_pause and (reason := self.must_pause()):
            raise Paused(reason)

    def save_progress(self) -> None:
        """Write heartbeat, seconds spent and phase to the search's row.

        Raises:
            Paused: another process has taken over the search.
        """
        ours = HyperparameterSearch.objects.running().filter(
            pk=self.search.pk, worker=self.search.worker
        )
        self.search.spent_seconds = self.seconds_spent
        if not ours.update(
            heartbeat_at=timezone.now(),
            spent_seconds=self.search.spent_seconds,
            phase=self.search.phase,
        ):
            raise Paused("another process has taken it over")
        self._bar.update(round(self.seconds_spent) - self._bar.n)

    def start_phase(self, name: str) -> None:
        self.search.phase = name
        self._bar.set_description(name)
        self.print(name)
        self.save_progress()

    def print(self, line: str) -> None:
        self._bar.set_postfix_str(line)
        if self._lines:
            budget = self.search.budget_seconds
            sys.stderr.write(f"{self.seconds_spent:.0f} of {budget:.0f} s  {line}\n")

    def close(self) -> None:
        self._bar.close()
