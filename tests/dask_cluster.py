"""A Dask scheduler and workers as processes of their own, on free ports of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0


@dataclass
class Cluster:
    """What `cluster` started."""

    folder: Path
    scheduler: subprocess.Popen
    address: str
    workers: list[subprocess.Popen] = field(default_factory=list)

    def add_worker(self, *options: str, nanny: bool = False) -> subprocess.Popen:
        """One more worker process; `wait_for_workers` of a client tells when it is there."""
        kind = "--nanny" if nanny else "--no-nanny"
        process = _dask(
            self.folder, "worker", self.address, kind, "--nthreads", "1", "--no-dashboard",
            *("--local-directory", str(self.folder), "--host", "127.0.0.1", *options),
        )  # fmt: skip
        self.workers.append(process)
        return process

    def replace_dead_workers(self) -> None:
        """As many workers as there were (without nannies), and no others known."""
        dead = [process for process in self.workers if process.poll() is not None]
        self.workers = [process for process in self.workers if process not in dead]
        for _ in dead:
            self.add_worker()
        from distributed import Client

        wanted = {process.pid for process in self.workers}
        deadline = time.monotonic() + PATIENCE
        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            while {*client.run(os.getpid, on_error="return").values()} != wanted:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"no Dask workers:\n{self.log()}")
                time.sleep(0.05)

    def log(self) -> str:
        return (self.folder / "log").read_text()


@contextlib.contextmanager
def cluster(n_workers: int, *options: str, nanny: bool = False) -> Iterator[Cluster]:
    """A scheduler and n workers with a thread each; `options` are those of `dask worker`."""
    with tempfile.TemporaryDirectory(prefix="cfsite-dask-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        file = folder / "scheduler.json"
        scheduler = _dask(
            folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            *("--scheduler-file", str(file)),
        )  # fmt: skip
        here = Cluster(folder, scheduler, "")
        try:
            here.address = _address(file, scheduler, here)
            for _ in range(n_workers):
                here.add_worker(*options, nanny=nanny)
            _wait_for(here, n_workers)
            yield here
        finally:
            for process in [*here.workers, scheduler]:
                stop(process)


def stop(process: subprocess.Popen) -> None:
    """End a process and all that it started, such as the worker of a nanny."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _dask(folder: Path, *words: str) -> subprocess.Popen:
    environment = os.environ | {
        # Tasks of tests and of benchmarks are imported by their names.
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")]),
        "OPENBLAS_NUM_THREADS": "1",
        # As the docs tell operators: a part's tasks run where the part is, and what a worker has
        # fetched stays until the fit drops it.
        "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
        "DASK_DISTRIBUTED__SCHEDULER__ACTIVE_MEMORY_MANAGER__START": "False",
    }
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _address(file: Path, scheduler: subprocess.Popen, here: Cluster) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and scheduler.poll() is None:
        # Written in two steps, so it may be there and empty.
        with contextlib.suppress(OSError, ValueError):
            return json.loads(file.read_text())["address"]
        time.sleep(0.05)
    raise RuntimeError(f"no Dask scheduler:\n{here.log()}")


def _wait_for(here: Cluster, n_workers: int) -> None:
    from distributed import Client

    try:
        with Client(here.address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(n_workers, timeout=PATIENCE)
    except (OSError, TimeoutError) as error:
        raise RuntimeError(f"no Dask workers:\n{here.log()}") from error
