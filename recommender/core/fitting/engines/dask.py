"""The workers of a Dask cluster (`distributed`) as an engine; a handle is a future.

Each part lives on one worker: its tasks are sent there, their results stay there, and the rows of
a block of items go from worker to worker, never through the scheduler or this process. A worker
that dies takes results with it; the scheduler runs the tasks that made them again on those that
are left, which gives the same bytes. How far back that goes is bounded by `checkpoint`.
"""

from __future__ import annotations

import operator
import pickle
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

import numpy as np

from recommender.core.fitting.engines.engine import Handle, Task, halves
from recommender.core.fitting.engines.worker_versions import Versions, different, versions
from recommender.core.fitting.threads import workers

if TYPE_CHECKING:
    from distributed import Client, Future

# Larger arguments go by file: what is in the graph stays in the scheduler's memory.
LARGE = 1 << 16
PATIENCE = 30.0  # seconds for a scheduler to answer, and for workers to come up
LOOK_EVERY = 5.0  # seconds between looks at whether a cluster we wait for is still there

_Placed = tuple[Handle, "str | None"]


class ClusterLost(Exception):
    """The fit can't go on: the scheduler is gone, or a task ends every worker that runs it."""


class Dask:
    """The workers that a scheduler has now, and whoever replaces them.

    scheduler: address ("tcp://10.0.0.5:8786") or a client. folder: one that this process and all
    workers see, for what a dead worker must not take with it: the default, a temporary one, does
    where all of them are on this machine.

    Raises:
        ImportError: `distributed` is not installed.
        ClusterLost: no scheduler or no worker answers.
        ValueError: a worker has other versions than this process, or does not see the folder.
    """

    def __init__(self, scheduler: str | Client, folder: Path | str | None = None) -> None:
        self._own_client = isinstance(scheduler, str)
        self._client = connect(scheduler) if isinstance(scheduler, str) else scheduler
        self._folder = Path(tempfile.mkdtemp(prefix="fit-", dir=folder))
        self._folder.chmod(0o777)  # workers may be other users
        self._alive: WeakSet[Future] = WeakSet()
        self._written: dict[int, tuple[Any, _File]] = {}  # large arguments, by id
        self._saved: dict[str, Path] = {}  # by the key of the task that reads it
        try:
            self._homes = self._check_workers()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop what is still to be done and delete the files; tasks that run now are the last."""
        for future in list(self._alive):
            future.release()
        if self._own_client:
            self._client.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def map(self, task: Task, *columns: Sequence[Any]) -> list[Handle]:
        rows = list(zip(*columns, strict=True))
        at_once = -(-len(rows) // len(self._homes))
        return [
            self._submit(task, at_once, row, self._home(k, len(rows))) for k, row in enumerate(rows)
        ]

    def one(self, task: Task, *arguments: Any) -> Handle:
        return self._submit(task, 1, arguments, None)

    def split(self, handles: Sequence[Handle], n: int) -> tuple[list[Handle], ...]:
        homes = [self._home(k, len(handles)) for k in range(len(handles))]
        return tuple(
            [
                self._send(operator.getitem, (handle, which), home)
                for handle, home in zip(handles, homes, strict=True)
            ]
            for which in range(n)
        )

    def sum(self, handles: Sequence[Handle]) -> Handle:
        def add(a: _Placed, b: _Placed) -> _Placed:
            return self._send(operator.add, (a[0], b[0]), a[1]), a[1]

        placed = [(handle, self._home(k, len(handles))) for k, handle in enumerate(handles)]
        return halves(placed, add)[0]

    def get(self, handles: Sequence[Handle]) -> list[Any]:
        from distributed import Future, wait

        futures = [handle for handle in handles if isinstance(handle, Future)]
        with _cluster(), self._client.as_current():
            while True:
                try:
                    wait(futures, timeout=LOOK_EVERY)
                    break
                except TimeoutError:
                    self._check_that_work_goes_on()
            values: list[Any] = self._client.gather(list(handles), direct=True)
        self._find_homes()
        return values

    def checkpoint(self, handles: Sequence[Handle]) -> list[Handle]:
        paths = [self._new_file() for _ in handles]
        self.get(self.map(_write, paths, handles))
        self._delete_old_files()
        read = self.map(_read, paths)
        self._saved |= {future.key: path for future, path in zip(read, paths, strict=True)}
        return read

    def _delete_old_files(self) -> None:
        """Delete checkpoints from which the scheduler makes nothing any more that we hold."""
        with _cluster():
            states = self._client.sync(
                self._client.scheduler.get_task_status, keys=list(self._saved)
            )
        for key in [key for key, state in states.items() if state is None]:
            self._saved.pop(key).unlink(missing_ok=True)

    def _submit(
        self, task: Task, at_once: int, arguments: Sequence[Any], home: str | None
    ) -> Future:
        prepared = [self._outside_the_graph(argument) for argument in arguments]
        run = partial(_run, task, at_once, np.geterr())
        return self._send(run, prepared, home, _name(task))

    def _send(
        self, function: Any, arguments: Sequence[Any], home: str | None, name: str = ""
    ) -> Future:
        # Whoever is left runs the tasks of a dead worker.
        where = {"workers": [home], "allow_other_workers": True} if home else {}
        key = f"{name or function.__name__}-{uuid.uuid4().hex}"
        with _cluster():
            future: Future = self._client.submit(function, *arguments, key=key, pure=False, **where)
        self._alive.add(future)
        return future

    def _outside_the_graph(self, argument: Any) -> Any:
        """The argument, or the file in which it is from now on."""
        if id(argument) in self._written:
            return self._written[id(argument)][1]
        if _holds_a_future(argument) or _size(argument) <= LARGE:
            return argument
        path = self._new_file()
        _write(None, path, argument)
        # With the argument itself, so that no other object gets its id.
        self._written[id(argument)] = argument, _File(path)
        return self._written[id(argument)][1]

    def _new_file(self) -> Path:
        return self._folder / uuid.uuid4().hex

    def _home(self, k: int, n: int) -> str | None:
        """The worker of part k of n: neighbours together. None where there is no choice."""
        if len(self._homes) == 1:
            return None
        return self._homes[k * len(self._homes) // n]

    def _check_workers(self) -> list[str]:
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ClusterLost("the Dask scheduler has no workers") from error
        with _cluster():
            found: dict[str, Versions] = self._client.run(versions)
        here = versions()
        for address, there in sorted(found.items()):
            if fault := different(here, there):
                raise ValueError(f"the Dask worker {address} can't take part: {fault}")
        token = self._folder / "seen"
        token.touch()
        with _cluster():
            seen: dict[str, bool] = self._client.run(_is_file, token)
        if blind := sorted(address for address, is_there in seen.items() if not is_there):
            raise ValueError(
                f"the Dask worker {blind[0]} does not see {self._folder.parent}: give a folder "
                "that this machine and all workers share"
            )
        return sorted(found)

    def _check_that_work_goes_on(self) -> None:
        """Raise ClusterLost where the scheduler would wait for ever.

        Tasks that had a home when there was no worker at all are not run by later workers.
        """
        if self._client.status != "running":
            raise ClusterLost("the Dask scheduler is gone")
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ClusterLost("no Dask worker is left") from error
        if len(self._homes) > 1 and not self._workers_now() & set(self._homes):
            raise ClusterLost("all Dask workers were lost at once; start the fit again")

    def _find_homes(self) -> None:
        if there := self._workers_now():
            self._homes = rehouse(self._homes, sorted(there))

    def _workers_now(self) -> set[str]:
        with _cluster():
            # Nothing is in it while there is no connection.
            return set(self._client.scheduler_info(n_workers=-1).get("workers", ()))


def rehouse(homes: Sequence[str], there: Sequence[str]) -> list[str]:
    """A worker for each home: its own if that is still there, else a new one, else one of all.

    >>> rehouse(["a", "b", "c"], ["a", "c"])
    ['a', 'c', 'c']
    >>> rehouse(["a", "c", "c"], ["a", "c", "d"])
    ['a', 'c', 'd']
    """
    new = [address for address in there if address not in homes]
    housed: list[str] = []
    for k, home in enumerate(homes):
        is_there = home in there
        if new and (not is_there or home in housed):
            housed.append(new.pop(0))
        else:
            housed.append(home if is_there else there[k % len(there)])
    return housed


class _File:
    """An argument that a task reads from a file."""

    def __init__(self, path: Path) -> None:
        self.path = path


def connect(address: str) -> Client:
    """A client of the scheduler at this address.

    Raises:
        ImportError: `distributed` is not installed.
        ClusterLost: nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError(
            "fits on a Dask cluster need distributed, which is not installed: "
            "pip install -r requirements-dask.txt"
        ) from error
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterLost(f"no Dask scheduler answers at {address}: {error}") from error


@contextmanager
def _cluster() -> Iterator[None]:
    """Say in the fit's words what can happen to a cluster; errors of tasks stay as they are."""
    from distributed import CancelledError, KilledWorker
    from distributed.comm import CommClosedError

    try:
        yield
    except KilledWorker as error:
        raise ClusterLost(
            f"workers died again and again while they ran the same task, as if of memory: {error}"
        ) from error
    except (CancelledError, CommClosedError) as error:
        raise ClusterLost(f"the Dask scheduler is gone: {error}") from error


def _run(task: Task, at_once: int, errors: Any, *arguments: Any) -> Any:
    """A task on a worker, whose threads it shares with the other tasks of the same `map`."""
    from distributed import get_worker

    values = [_read(None, a.path) if isinstance(a, _File) else a for a in arguments]
    n_threads = max(1, get_worker().state.nthreads // at_once)
    with workers(n_threads) as pool, np.errstate(**errors):
        return task(pool, *values)


def _write(_workers: Any, path: Path, value: Any) -> None:
    """Whole or not at all: the writer may be killed, and another may write the same."""
    from distributed.protocol.pickle import dumps

    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    unfinished.write_bytes(dumps(value))
    unfinished.replace(path)


def _read(_workers: Any, path: Path) -> Any:
    with path.open("rb") as file:
        return pickle.load(file)  # noqa: S301  (written by this fit)


def _is_file(path: Path) -> bool:
    return path.is_file()


def _name(task: Any) -> str:
    """What the dashboard calls the task."""
    return str(getattr(getattr(task, "func", task), "__name__", "task")).lstrip("_")


def _holds_a_future(argument: Any) -> bool:
    from distributed import Future

    if isinstance(argument, list | tuple):
        return any(map(_holds_a_future, argument))
    return isinstance(argument, Future)


def _size(argument: Any) -> int:
    """Bytes of the argument in a message."""
    from distributed.protocol.pickle import dumps

    buffers: list[pickle.PickleBuffer] = []
    head = dumps(argument, buffer_callback=buffers.append)
    return len(head) + sum(buffer.raw().nbytes for buffer in buffers)
