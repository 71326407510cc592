"""Random numbers of a fit: each part has a generator of its own, the items that of the first."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from recommender.core.fitting.engines import Engine, Handle
from recommender.core.fitting.engines.engine import Task
from recommender.core.fitting.kernels import simd
from recommender.core.fitting.threads import Workers
from recommender.core.ratings import Float32, Int64

Drawn = tuple[Any, np.random.Generator]


class Generators:
    """Generators that pass through tasks.

    A task takes one as its last argument, leaves it as it is, and returns (result, generator after
    the draws).
    """

    def __init__(self, engine: Engine, rng: np.random.Generator, n: int) -> None:
        self._engine = engine
        self.handles: list[Handle] = list(rng.spawn(n)) if n > 1 else [rng]

    def checkpoint(self) -> None:
        """Keep them safe from the loss of a machine."""
        self.handles = self._engine.checkpoint(self.handles)

    def draw(self, task: Task, *columns: Sequence[Any]) -> list[Handle]:
        """The results of a task for each part."""
        drawn, self.handles = self._engine.split(self._engine.map(task, *columns, self.handles), 2)
        return drawn

    def draw_for(self, part: int, task: Task, *arguments: Any) -> Handle:
        """The result of one task, by the generator of a part."""
        drawn = [self._engine.one(task, *arguments, self.handles[part])]
        [result], [self.handles[part]] = self._engine.split(drawn, 2)
        return result

    def draw_for_items(self, task: Task, *arguments: Any) -> Handle:
        """The result of a task for the items."""
        return self.draw_for(0, task, *arguments)


def random_rows(
    workers: Workers, shape: tuple[int, int], first: int, sd: float, rng: np.random.Generator
) -> Drawn:
    """A task: normal numbers of standard deviation sd in the columns from `first` on, else zeros.

    shape: (n, k); the rows are padded.
    """
    rng = deepcopy(rng)
    n, k = shape
    rows: Float32 = simd.zeros(n, simd.padded(first + k))
    rows[:, first : first + k] = rng.standard_normal((n, k), np.float32) * np.float32(sd)
    return rows, rng


def random_places(workers: Workers, n: int, rng: np.random.Generator) -> Drawn:
    """A task: (n,) a permutation."""
    rng = deepcopy(rng)
    places: Int64 = rng.permutation(n)
    return places, rng
