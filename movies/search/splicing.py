"""Rows of an index after some were edited, added or removed; the others are kept as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Splice:
    """Where each row comes from: most from where they were, in the same order.

    >>> splice = Splice(np.array([0, -1, 2, 3]), n_before=5)
    >>> list(splice.runs()), splice.fresh.tolist(), splice.target.tolist()
    ([(0, 1), None, (2, 4)], [1], [0, -1, 2, 3, -1])
    """

    source: np.ndarray  # (n,) int64 row before; -1 where the row is made anew
    n_before: int

    @cached_property
    def fresh(self) -> np.ndarray:
        """Rows that are made anew, ascending."""
        return np.flatnonzero(self.source < 0)

    @cached_property
    def target(self) -> np.ndarray:
        """(n_before,) int32 where each row before is now; -1 for those that are gone."""
        target = np.full(self.n_before, -1, np.int32)
        kept = np.flatnonzero(self.source >= 0)
        target[self.source[kept]] = kept
        return target

    def runs(self) -> Iterator[tuple[int, int] | None]:
        """The rows in order: (start, stop) of rows before, or None for one that is made anew."""
        begins = np.ones(len(self.source), bool)
        begins[1:] = (self.source[1:] != self.source[:-1] + 1) | (self.source[:-1] < 0)
        bounds = [*np.flatnonzero(begins).tolist(), len(self.source)]
        for start, stop in pairwise(bounds):
            first = int(self.source[start])
            yield None if first < 0 else (first, first + stop - start)

    def array(self, before: np.ndarray, fresh: np.ndarray) -> np.ndarray:
        """An array with an entry for each row, given those of the fresh rows."""
        now = np.empty((len(self.source), *before.shape[1:]), before.dtype)
        if self.n_before:
            before.take(self.source, axis=0, mode="clip", out=now)
        now[self.fresh] = fresh
        return now

    def list(self, before: list[str], fresh: list[str]) -> list[str]:
        """The same for texts."""
        now: list[str] = []
        new = iter(fresh)
        for run in self.runs():
            now += [next(new)] if run is None else before[run[0] : run[1]]
        return now
