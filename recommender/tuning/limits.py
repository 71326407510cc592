"""What a running search keeps an eye on: its budget, whether it is still ours, who waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from django.utils import timezone
from tqdm import tqdm

from recommender.core import Epoch
from recommender.models import HyperparameterSearch
from recommender.training.progress import Show

SECONDS_BETWEEN_LOOKS = 3.0


class Paused(Exception):
    """The search stops here and goes on another time, and why."""


class OutOfTime(Exception):
    """The seconds it was given are spent."""


class Watch:
    """Asked after every epoch and every trial; raises to end what goes on.

    deadline: seconds of the search's own budget at which the present step has to end. slice_ends:
    seconds of this call after which it pauses. must_pause: a reason to make room, or nothing.
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
        self._began, self._spent_before = time.monotonic(), search.spent_seconds
        self._slice_seconds = slice_seconds
        self._looked = self._began
        self._lines = show == "lines"
        self._bar = tqdm(
            total=round(search.budget_seconds),
            initial=round(search.spent_seconds),
            disable=show != "bar",
            unit="s",
            bar_format="{l_bar}{bar}| {n:.0f}/{total:.0f} s {postfix}",
        )

    @property
    def spent(self) -> float:
        """Seconds of the budget used, in this call and those before."""
        return self._spent_before + time.monotonic() - self._began

    @property
    def left(self) -> float:
        return self.deadline - self.spent

    def epoch(self, epoch: Epoch) -> None:
        self.look()

    def look(self) -> None:
        """Raises OutOfTime or Paused."""
        if self.left <= 0:
            raise OutOfTime
        now = time.monotonic()
        if now - self._looked < SECONDS_BETWEEN_LOOKS:
            return
        self._looked = now
        self.note()
        if self._slice_seconds is not None and now - self._began > self._slice_seconds:
            raise Paused("it goes on at the next tick")
        if self.must_pause and (reason := self.must_pause()):
            raise Paused(reason)

    def note(self) -> None:
        """Write the sign of life, the seconds spent and the phase.

        Raises:
            Paused: the search was given up by somebody else.
        """
        ours = HyperparameterSearch.objects.running().filter(
            pk=self.search.pk, worker=self.search.worker
        )
        self.search.spent_seconds = self.spent
        if not ours.update(
            heartbeat_at=timezone.now(),
            spent_seconds=self.search.spent_seconds,
            phase=self.search.phase,
        ):
            raise Paused("somebody else has taken it over")
        self._bar.update(round(self.spent) - self._bar.n)

    def phase(self, name: str) -> None:
        self.search.phase = name
        self._bar.set_description(name)
        self.say(name)
        self.note()

    def say(self, line: str) -> None:
        self._bar.set_postfix_str(line)
        if self._lines:
            sys.stderr.write(f"{self.spent:.0f} of {self.search.budget_seconds:.0f} s  {line}\n")

    def close(self) -> None:
        self._bar.close()
