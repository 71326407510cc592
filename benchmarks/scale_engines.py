"""Fits on threads and on Dask clusters of this machine: equal bytes, cost, losses, transfers."""

from __future__ import annotations

import hashlib
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
from scale_rows import Parts, Row
from synthetic import SHAPES, synthetic

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from recommender.core import Factors, Hyperparameters, Ratings, fit  # noqa: E402
from recommender.core.fitting.engines import Engine, Local  # noqa: E402
from recommender.core.fitting.engines.dask import Dask  # noqa: E402
from tests.dask_cluster import Cluster, cluster  # noqa: E402

KILLS = 10
# The smallest data that are cut into parts, and a short fit of every kind of task.
SHAPES["kills"] = (3_000, 2_000, 300_000)
SHORT = replace(Hyperparameters(), early_stopping=False, n_epochs=3, n_sweeps=1, interest_epochs=2)


def ratings_of(shape: str, folder: Path) -> Ratings:
    """Generated ratings, kept in the folder."""
    file = folder / f"{shape}.npz"
    if not file.exists():
        made = synthetic(shape)
        np.savez(file, users=made.users, items=made.items, stars=made.stars)
    columns = np.load(file)
    return Ratings.from_triples(columns["users"], columns["items"], columns["stars"])


def digest(factors: Factors) -> str:
    """Of all that a fit learns."""
    items = factors.items
    arrays = (
        *(items.bias, items.vectors, items.implicit, items.interest, items.variance),
        *(factors.user_bias, factors.user_factors, factors.user_implicit, factors.user_interest),
    )
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def hash_1m(folder: Path) -> Iterator[Row]:
    """The default fit at 1 M on 1 and 2 threads and on 1, 2 and 4 Dask workers."""
    return _equal_hashes("ml-1m", folder)


def hash_5m(folder: Path) -> Iterator[Row]:
    """The same at 5 M."""
    return _equal_hashes("ml-5m", folder)


def _equal_hashes(shape: str, folder: Path) -> Iterator[Row]:
    ratings = ratings_of(shape, folder)
    hashes = []
    for name, open_engine in _engines():
        with open_engine() as (engine, processes):
            start, before = time.perf_counter(), _seconds(processes)
            hashes.append(digest(fit(ratings, seed=1, engine=engine)))
            wall, used = time.perf_counter() - start, _seconds(processes) - before
        yield Row(
            f"default fit on {name}",
            hashes[-1][:12],
            "same hash as on 1 thread",
            hashes[-1] == hashes[0],
            processor=used,
            wall=wall,
            setup=f"{shape} shape",
        )


def _engines() -> Iterator[tuple[str, Callable]]:
    for n in (1, 2):
        yield f"{n} thread{'s' * (n > 1)}", lambda n=n: _local(n)
    for n in (1, 2, 4):
        yield f"{n} Dask worker{'s' * (n > 1)}", lambda n=n: _dask(n)


@contextmanager
def _local(n: int) -> Iterator[tuple[Engine, list[psutil.Process]]]:
    with Local(n) as engine:
        yield engine, [psutil.Process()]


@contextmanager
def _dask(n: int) -> Iterator[tuple[Engine, list[psutil.Process]]]:
    with cluster(n) as here, Dask(here.address) as engine:
        started = [psutil.Process(p.pid) for p in (here.scheduler, *here.workers)]
        yield engine, [psutil.Process(), *started]


def _seconds(processes: list[psutil.Process]) -> float:
    return sum(p.cpu_times().user + p.cpu_times().system for p in processes)


def overhead(folder: Path) -> Iterator[Row]:
    """Processor seconds of two Dask workers beyond those of two threads, 25 M shape."""
    return _overhead("ml-25m", folder)


def overhead_5m(folder: Path) -> Iterator[Row]:
    """The same at 5 M, where the share of the cluster is larger."""
    return _overhead("ml-5m", folder)


def _overhead(shape: str, folder: Path) -> Iterator[Row]:
    ratings = ratings_of(shape, folder)
    used, walls, hashes = {}, {}, set()
    for name, open_engine in (
        ("2 threads", lambda: _local(2)),
        ("1 worker", lambda: _dask(1)),
        ("2 workers", lambda: _dask(2)),
    ):
        with open_engine() as (engine, processes):
            # Loads the kernels.
            fit(ratings_of("kills", folder), SHORT, seed=1, engine=engine)
            start, before = time.perf_counter(), _seconds(processes)
            hashes.add(digest(fit(ratings, SHORT, seed=1, engine=engine)))
            walls[name], used[name] = time.perf_counter() - start, _seconds(processes) - before
    extra = used["2 workers"] / used["2 threads"] - 1
    faster = walls["1 worker"] / walls["2 workers"]
    yield Row(
        "2 Dask workers against 2 threads, processor seconds",
        f"{extra:+.1%}; 2 workers {faster:.2f} x as fast as 1",
        "<= +10 % or >= 1.6 x",
        extra <= 0.10 or faster >= 1.6,
        peer=f"2 threads: {used['2 threads']:.0f} s; 1 worker: {used['1 worker']:.0f} s",
        processor=used["2 workers"],
        wall=walls["2 workers"],
        setup=f"{shape} shape, 3 + 2 epochs, 1 sweep",
    )
    yield Row(
        "the same fit on all of these",
        f"{len(hashes)} hash",
        "1 hash",
        len(hashes) == 1,
        setup=f"{shape} shape, 3 + 2 epochs, 1 sweep",
    )


def kills(folder: Path) -> Iterator[Row]:
    """Kill -9 of a Dask worker at random moments, without and with a nanny."""
    ratings = ratings_of("kills", folder)
    for nanny in (False, True):
        yield _killed(ratings, nanny)


def _killed(ratings: Ratings, nanny: bool) -> Row:
    chance = random.Random(nanny)
    with cluster(3, nanny=nanny) as here:
        with Dask(here.address) as engine:
            fit(ratings, SHORT, seed=1, engine=engine)  # loads kernels
            start = time.perf_counter()
            wanted = digest(fit(ratings, SHORT, seed=1, engine=engine))
            usual = time.perf_counter() - start
        same, walls = 0, []
        for _ in range(KILLS):
            timer = threading.Timer(chance.uniform(0, usual), _kill_one, (here, nanny, chance))
            with Dask(here.address) as engine:
                timer.start()
                start = time.perf_counter()
                same += digest(fit(ratings, SHORT, seed=1, engine=engine)) == wanted
                walls.append(time.perf_counter() - start)
            timer.join()
            _wait_for_three(here)
    longer = float(np.median(walls)) / usual
    return Row(
        f"fits that end with the same hash after kill -9 of a worker, {_word(nanny)} nanny",
        f"{same} of {KILLS}",
        f"{KILLS} of {KILLS}",
        same == KILLS,
        peer=f"without a kill: {usual:.1f} s",
        wall=float(np.median(walls)),
        setup=f"300 thousand ratings, 3 workers, median {longer:.1f} x as long",
    )


def _word(nanny: bool) -> str:
    return "with" if nanny else "without"


def _kill_one(here: Cluster, nanny: bool, chance: random.Random) -> None:
    alive = [process for process in here.workers if process.poll() is None]
    victim = psutil.Process(chance.choice(alive).pid)
    if nanny:
        # The worker is the child that uses most memory; the other watches over semaphores.
        victim = max(victim.children(), key=lambda p: p.memory_info().rss)
    victim.kill()
    if not nanny:
        here.add_worker()


def _wait_for_three(here: Cluster) -> None:
    from distributed import Client

    with Client(here.address, set_as_default=False) as client:
        client.wait_for_workers(3, timeout=120)


PARTS: Parts = {
    "dask-hash-1m": hash_1m,
    "dask-hash-5m": hash_5m,
    "dask-overhead-5m": overhead_5m,
    "dask-overhead": overhead,
    "dask-kill": kills,
}
