"""The threads of this process as an engine; a handle is the value itself."""

from __future__ import annotations

import operator
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from contextvars import copy_context
from typing import Any, Self

from recommender.core.fitting.engines.engine import Handle, Task, halves
from recommender.core.fitting.threads import Workers


class Local:
    """Tasks side by side on n_threads threads; None takes every core this process may use.

    Threads that are left over when every task has one are shared out among the tasks.
    """

    def __init__(self, n_threads: int | None = None) -> None:
        self.n_threads = n_threads or len(os.sched_getaffinity(0))
        self._stack = ExitStack()
        self._tasks = self._pool(self.n_threads)
        # By the number of tasks at once: the threads of each of them.
        self._workers = {1: [Workers(self._tasks)]}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def map(self, task: Task, *columns: Sequence[Any]) -> list[Handle]:
        rows = list(zip(*columns, strict=True))
        workers = self._workers_of(len(rows))
        calls = zip(workers, rows, strict=True)
        if self._tasks is None or len(rows) == 1:
            return [task(own, *row) for own, row in calls]
        # Numpy's error state is part of the context, and threads begin with one of their own.
        futures = [self._tasks.submit(copy_context().run, task, own, *row) for own, row in calls]
        return [future.result() for future in futures]

    def one(self, task: Task, *arguments: Any) -> Handle:
        return task(self._workers[1][0], *arguments)

    def split(self, handles: Sequence[Handle], n: int) -> tuple[list[Handle], ...]:
        columns = tuple(map(list, zip(*handles, strict=True)))
        if len(columns) != n:
            raise ValueError(f"the tasks returned {len(columns)} values, not {n}")
        return columns

    def sum(self, handles: Sequence[Handle]) -> Handle:
        return halves(handles, operator.add)

    def checkpoint(self, handles: Sequence[Handle]) -> list[Handle]:
        return list(handles)

    def get(self, handles: Sequence[Handle]) -> list[Any]:
        return list(handles)

    def _workers_of(self, n_tasks: int) -> list[Workers]:
        if n_tasks not in self._workers:
            own = self.n_threads // n_tasks
            self._workers[n_tasks] = [Workers(self._pool(own)) for _ in range(n_tasks)]
        return self._workers[n_tasks]

    def _pool(self, n_threads: int) -> ThreadPoolExecutor | None:
        if n_threads < 2:
            return None
        return self._stack.enter_context(ThreadPoolExecutor(n_threads, thread_name_prefix="fit"))
