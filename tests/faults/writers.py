"""People who rate without pause, and know what was acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.web_processes.conftest import Caller

_draw = random.Random(1)


class Writer(threading.Thread):
    """Rates one movie after the other, and remembers what was acknowledged or left open."""

    def __init__(self, caller: Caller, movies: list[int]) -> None:
        super().__init__(daemon=True)
        self.caller, self.movies = caller, movies
        self.acknowledged: dict[int, int] = {}
        self.open: dict[int, set[int]] = {movie: set() for movie in movies}
        self.statuses: Counter[Any] = Counter()
        self.seconds: list[float] = []
        self.over = threading.Event()

    @property
    def n_stored(self) -> int:
        return self.statuses[200] + self.statuses[201]

    def run(self) -> None:
        n = 0
        while not self.over.is_set():
            n += 1
            # Not what stands already: a rating that is lost must show.
            self._rate(self.movies[n % len(self.movies)], _draw.randint(1, 10))

    def _rate(self, movie: int, half_stars: int) -> None:
        begin = time.monotonic()
        try:
            status: Any = self.caller.rate(movie, half_stars / 2)
        except OSError as error:
            status = type(error).__name__
        self.seconds.append(time.monotonic() - begin)
        self.statuses[status] += 1
        if status in {200, 201}:
            self.acknowledged[movie] = half_stars
            self.open[movie].clear()
        else:
            # It may have been stored, and only the answer was lost.
            self.open[movie].add(half_stars)

    def lost(self, stored: dict[int, int]) -> list[int]:
        """The movies whose stored rating is neither the acknowledged one nor a later one."""
        return [
            movie
            for movie, half_stars in self.acknowledged.items()
            if stored.get(movie) not in {half_stars, *self.open[movie]}
        ]


@contextmanager
def writing(callers: list[Caller], movies: list[int]) -> Iterator[list[Writer]]:
    writers = [Writer(caller, movies) for caller in callers]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        for writer in writers:
            writer.over.set()
        for writer in writers:
            writer.join()


def percentile_99(seconds: list[float]) -> float:
    return sorted(seconds)[int(0.99 * len(seconds))] if seconds else 0.0
