"""Progress of an evaluation: a bar in the terminal, a heartbeat on its row."""

from __future__ import annotations

import sys
import time

from django.utils import timezone
from tqdm import tqdm

from recommender.core import Epoch
from recommender.models import Evaluation
from recommender.training.progress import Show

SECONDS_BETWEEN_WRITES = 5.0


class EvaluationProgress:
    """Shows the phase and, within a fit, the epoch."""

    def __init__(self, evaluation: Evaluation, *, show: Show = "none") -> None:
        self.evaluation = evaluation
        self._bar = tqdm(disable=show != "bar", unit=" epochs", dynamic_ncols=True)
        self._lines = show == "lines"
        self._written = 0.0

    def phase(self, name: str) -> None:
        self.evaluation.phase = name
        self._bar.reset()
        self._bar.set_postfix()
        self._bar.set_description(name)
        if self._lines:
            sys.stderr.write(f"{name}\n")
        self._write()

    def epoch(self, epoch: Epoch) -> None:
        self._bar.total = epoch.n_epochs
        self._bar.set_postfix(block=epoch.block, RMSE=f"{epoch.train_rmse:.4f}")
        self._bar.update(epoch.epoch - self._bar.n)
        if time.monotonic() - self._written >= SECONDS_BETWEEN_WRITES:
            self._write()

    def close(self) -> None:
        self._bar.close()

    def _write(self) -> None:
        Evaluation.objects.running().filter(pk=self.evaluation.pk).update(
            phase=self.evaluation.phase[:100], heartbeat_at=timezone.now()
        )
        self._written = time.monotonic()
