"""A pool of threads for compiled kernels.

Kernels release the GIL, so plain threads are enough: no threading layer to configure, nothing
that breaks when a Celery worker forks. Work is cut by the data alone, never by the number of
threads, and each piece writes rows of its own: the result has the same bytes on any machine
width.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from recommender.core.ratings import Int64

Result = TypeVar("Result")

RATINGS_PER_PIECE = 20_000
MOST_PIECES = 64


class Workers:
    """`run` calls functions on all threads and returns their results in order."""

    def __init__(self, pool: ThreadPoolExecutor | None) -> None:
        self._pool = pool

    def run(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        if self._pool is None or len(calls) == 1:
            return [call() for call in calls]
        return [future.result() for future in [self._pool.submit(call) for call in calls]]


@contextmanager
def workers(n_threads: int | None) -> Iterator[Workers]:
    """Workers on n_threads threads; None takes every core this process may use."""
    count = n_threads or len(os.sched_getaffinity(0))
    if count == 1:
        yield Workers(None)
        return
    with ThreadPoolExecutor(count, thread_name_prefix="fit") as pool:
        yield Workers(pool)


def pieces(starts: Int64) -> list[tuple[int, int]]:
    """Ranges of rows with about equally many entries each; depends on the data alone."""
    n_rows, n = starts.size - 1, int(starts[-1])
    count = int(np.clip(n // RATINGS_PER_PIECE, 1, MOST_PIECES))
    cuts = np.searchsorted(starts, np.linspace(0, n, count + 1)[1:-1])
    bounds = np.unique(np.concatenate([[0], cuts, [n_rows]])).tolist()
    return list(itertools.pairwise(bounds))
