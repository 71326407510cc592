"""A billion ratings, simulated: a sample of the grid of a fit on two Dask workers.

10 million users, a million movies, generated where they are read, so nothing of it is stored. The
cut into parts, blocks and cells is that of the whole; only some parts are made, and learned from on
some of the blocks. What the rest would take is extrapolated from the seconds of these tasks.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from scale_rows import Parts, Row

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from recommender.core import Hyperparameters, Ratings  # noqa: E402
from recommender.core.fitting import rating_block  # noqa: E402
from recommender.core.fitting.engines.dask import Dask  # noqa: E402
from recommender.core.fitting.kernels import simd  # noqa: E402
from recommender.core.fitting.parts.part import make_part  # noqa: E402
from recommender.core.fitting.parts.partition import (  # noqa: E402
    Cut,
    n_cells,
    n_parts,
    user_bounds,
)
from tests.dask_cluster import cluster  # noqa: E402

N_USERS, N_ITEMS, N_RATINGS = 10_000_000, 1_000_000, 1_000_000_000
PARTS_MADE, BLOCKS_LEARNED = 2, 4
SETUP = "10 M users, 1 M movies, 2 workers"


@dataclass(frozen=True)
class Generated:
    """A source whose ratings are drawn when they are read; a pair may come twice."""

    n_users: int
    n_items: int
    n_ratings: int

    @property
    def user_ids(self) -> np.ndarray:
        return np.arange(self.n_users)

    @property
    def item_ids(self) -> np.ndarray:
        return np.arange(self.n_items)

    @cached_property
    def user_counts(self) -> np.ndarray:
        activity = np.minimum(np.random.default_rng(0).lognormal(0.0, 1.2, self.n_users), 30.0)
        return np.maximum(1, activity * (self.n_ratings / activity.sum())).astype(np.int64)

    @cached_property
    def edges(self) -> np.ndarray:
        popularity = (np.arange(self.n_items) + 0.01 * self.n_items) ** -1.25
        return np.cumsum(popularity / popularity.sum())

    def __reduce__(self) -> tuple[Any, ...]:
        return Generated, (self.n_users, self.n_items, self.n_ratings)

    def read(self, first: int, last: int) -> Ratings:
        rng = np.random.default_rng([1, first, last])
        counts = self.user_counts[first:last]
        n = int(counts.sum())
        items, stars = np.empty(n, np.int32), np.empty(n, np.float32)
        for start in range(0, n, 1_000_000):
            some = slice(start, min(start + 1_000_000, n))
            draws = rng.random(some.stop - some.start)
            items[some] = np.minimum(np.searchsorted(self.edges, draws), self.n_items - 1)
            stars[some] = rng.integers(1, 11, draws.size) / 2
        users = np.repeat(np.arange(last - first, dtype=np.int32), counts)
        return Ratings(self.user_ids[first:last], self.item_ids, users, items, stars)


def billion(folder: Path) -> Iterator[Row]:
    """A billion simulated: memory of a worker, and hours of a refit, from a sample of the grid."""
    p = Hyperparameters().for_counts(np.array([N_RATINGS]))
    width = simd.padded(2 + p.n_factors)
    source = Generated(N_USERS, N_ITEMS, N_RATINGS)
    counts = source.user_counts
    bounds = user_bounds(counts, n_parts(int(counts.sum())))
    places = np.random.default_rng(2).permutation(N_ITEMS)
    cut = Cut.make(bounds, n_cells(int(np.diff(bounds).max()), width), places)
    with cluster(2) as here, Dask(here.address, folder) as engine:
        workers = [psutil.Process(process.pid) for process in here.workers]
        with most_anonymous(workers) as idle:
            time.sleep(1)
        with most_anonymous(workers) as making:
            parts, seconds_made = _made(engine, source, cut, workers)
        with most_anonymous(workers) as learning:
            seconds_learned, n_learned = _learned(engine, parts, cut, p, width, workers)
    factors = _bytes_of_factors(cut, width)
    beside = (max(making[0], learning[0]) - factors) / 1e9
    n_all = int(counts.sum())
    share = n_learned / n_all
    hours = [
        seconds_made / PARTS_MADE * cut.n / 3600,
        seconds_learned / share / 3600,
    ]
    yield Row(
        "a billion, anonymous memory of a worker beside factors",
        f"{beside:.2f} GB",
        "<= 2 GB",
        beside <= 2.0,
        peer=f"idle {idle[0] / 1e9:.2f} GB; factors of the sample {factors / 1e9:.2f} GB",
        setup=f"{SETUP}; {cut.n} parts, {PARTS_MADE} made, each on {BLOCKS_LEARNED} blocks",
    )
    total = hours[0] + (p.n_epochs or 0) * hours[1]
    yield Row(
        "a billion, processor hours: parts, and an epoch of SGD",
        f"{hours[0]:.1f} h + {hours[1]:.2f} h an epoch; {total:.0f} h with {p.n_epochs} epochs",
        processor=seconds_made + seconds_learned,
        setup=f"{SETUP}; {n_learned / 1e6:.1f} M of {n_all / 1e6:.0f} M ratings learned from",
    )


def _made(
    engine: Dask, source: Generated, cut: Cut, workers: list[psutil.Process]
) -> tuple[list[Any], float]:
    """Parts 0 and n / 2, one on each worker, and processor seconds."""
    numbers = [k * cut.n // PARTS_MADE for k in range(PARTS_MADE)]
    users = [cut.parts()[number] for number in numbers]
    places = [
        np.random.default_rng(k).permutation(own.stop - own.start) for k, own in enumerate(users)
    ]
    draws = [np.random.default_rng(10 + k) for k in range(PARTS_MADE)]
    n = PARTS_MADE
    before = _seconds(workers)
    made = engine.map(make_part, numbers, [source] * n, [cut] * n, places, [True] * n, draws)
    parts, _ = engine.split(made, 2)
    engine.get(engine.map(_n_users, parts))
    return parts, _seconds(workers) - before


def _learned(
    engine: Dask,
    parts: list[Any],
    cut: Cut,
    p: Hyperparameters,
    width: int,
    workers: list[psutil.Process],
) -> tuple[float, int]:
    """Processor seconds of the SGD of each part on some blocks, and the number of ratings."""
    n = PARTS_MADE
    users = engine.map(_user_state, parts, [width] * n)
    steps = [rating_block.Steps(2.75, 0.02, p)] * n
    # Blocks far from each other, so that no two parts have the same one at a time.
    taken = [[(b + k * cut.n // n) % cut.n for b in range(BLOCKS_LEARNED)] for k in range(n)]
    sizes = np.diff(cut.item_bounds)
    engine.get(engine.map(_n_users, parts))
    counted = engine.get(engine.map(_n_of_blocks, parts, taken))
    # Once outside the clock: kernels are loaded.
    _learn(engine, parts, users, [own[0] for own in taken], steps, sizes, width)
    before = _seconds(workers)
    for number in range(BLOCKS_LEARNED):
        blocks = [own[number] for own in taken]
        users = _learn(engine, parts, users, blocks, steps, sizes, width)
    return _seconds(workers) - before, sum(counted)


def _learn(
    engine: Dask,
    parts: list[Any],
    users: list[Any],
    blocks: list[int],
    steps: list[Any],
    sizes: np.ndarray,
    width: int,
) -> list[Any]:
    of_blocks = engine.map(_block_state, [int(sizes[b]) for b in blocks], [width] * len(blocks))
    done = engine.map(_one_pair, blocks, users, of_blocks, parts, steps)
    engine.get(engine.map(_done, done))
    return done


def _user_state(_workers: Any, part: Any, width: int) -> tuple[np.ndarray, ...]:
    rng, n = np.random.default_rng(3), part.n_users
    rows = simd.zeros(n, width)
    rows[:] = rng.standard_normal((n, width), np.float32) * np.float32(0.1)
    return rows, simd.zeros(n, width), simd.zeros(n, width), np.ones(n, np.float32)


def _block_state(_workers: Any, n: int, width: int) -> tuple[np.ndarray, Any]:
    rows = simd.zeros(n, width)
    rows[:] = np.random.default_rng(4).standard_normal((n, width), np.float32) * np.float32(0.1)
    zeros = simd.zeros(n, width), simd.zeros(n, width)
    return rows, rating_block._Block(*zeros, np.ones(n, np.float32), np.full(n, 1000))


def _one_pair(
    workers: Any, number: int, users: tuple, block: tuple, part: Any, steps: Any
) -> tuple[np.ndarray, ...]:
    rows, *others = users
    (new, _), _ = rating_block._learn_pair(
        workers, number, (rows, 0.0), block[0], part, *others, steps, block[1]
    )
    return (new, *others)


def _n_users(_workers: Any, part: Any) -> int:
    return part.n_users


def _n_of_blocks(_workers: Any, part: Any, blocks: list[int]) -> int:
    return sum(part.batches[block].stars.size for block in blocks)


def _done(_workers: Any, _state: Any) -> None:
    return None


def _bytes_of_factors(cut: Cut, width: int) -> float:
    """Of the rows of a worker's part, before and after a task, and their priors and x."""
    return float(np.diff(cut.user_bounds).max()) * width * 4 * 4


def _seconds(processes: list[psutil.Process]) -> float:
    return sum(p.cpu_times().user + p.cpu_times().system for p in processes)


@contextlib.contextmanager
def most_anonymous(processes: list[psutil.Process]) -> Iterator[list[float]]:
    """A list whose only entry becomes the most anonymous memory that one of them had, in bytes."""
    most, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            most[0] = max(most[0], *(anonymous(process.pid) for process in processes))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def anonymous(pid: int) -> float:
    """Bytes that are in no file, of one process (Linux)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return 1024.0 * int(line.split()[1])
    return 0.0


PARTS: Parts = {"billion": billion}
