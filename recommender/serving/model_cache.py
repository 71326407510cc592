"""The active run's movie side in memory, loaded once per process and run.

Which run is active is read from the database for every answer, so a switch is seen by the next
one. The arrays are this process's own: 62 MB for 60,000 movies, loaded in a few hundred
milliseconds, twice that while a switch is under way.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from movies.models import Movie
from recommender.core import ItemFactors
from recommender.models import TrainingRun
from recommender.training import store

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds until a run that could not be loaded is tried again: doubled each time.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# How many switches in a row a load follows.
SWITCHES = 5


@dataclass(frozen=True)
class Model:
    """The movie side of one run, with its ids to find rows by."""

    run_id: int
    items: ItemFactors
    # What others keep for as long as these arrays serve. Nothing here may refer to the Model: the
    # circle would keep the arrays of a run that was switched off.
    beside: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def rows(self, movie_ids: Iterable[int]) -> np.ndarray:
        """Row of each movie, -1 for one that the run does not know."""
        wanted = np.fromiter(movie_ids, np.int64)
        ids = self.items.item_ids
        if not len(ids):
            return np.full(len(wanted), -1)
        rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        return np.where(ids[rows] == wanted, rows, -1)

    def known_rows(self, movie_ids: Iterable[int]) -> np.ndarray:
        """Rows of those of the movies that the run knows."""
        rows = self.rows(movie_ids)
        return rows[rows >= 0]

    def existing(self, rows: np.ndarray) -> np.ndarray:
        """Those of `rows` whose movies were not deleted since the run, in their order."""
        ids = self.items.item_ids[rows]
        there = Movie.objects.filter(pk__in=ids.tolist()).values_list("pk", flat=True)
        return rows[np.isin(ids, list(there))]


class ModelCache:
    """The arrays of one run at a time, shared by the threads of a process.

    One thread loads; the others go on with the arrays of the run before, or wait when there are
    none yet. A run that cannot be loaded is logged and tried again after a pause, and until then
    the run before goes on; without one, answers are those of a site that has no model.
    """

    def __init__(self, load: Callable[[TrainingRun], ItemFactors] = store.load_items) -> None:
        self._load = load
        self._model: Model | None = None
        self._loading = threading.Lock()
        self._pause = FIRST_PAUSE
        self._not_before = float("-inf")

    def active_model(self) -> Model | None:
        """The active run's arrays, at the price of one query."""
        return self.of(TrainingRun.objects.active_id())

    def of(self, run_id: int | None) -> Model | None:
        """The arrays of `run_id`, which the database named as active a moment ago."""
        model = self._model
        if run_id is None or (model is not None and model.run_id == run_id):
            return model if run_id else None
        if not self._loading.acquire(blocking=model is None):
            return model
        try:
            # Whoever waited may find it loaded, or find that it cannot be.
            stale = self._model is None or self._model.run_id != run_id
            if stale and time.monotonic() >= self._not_before:
                self._refresh()
            return self._model
        finally:
            self._loading.release()

    def _refresh(self) -> None:
        try:
            self._model = self._read_active()
        except Exception:
            logger.exception("The active run could not be loaded; next try in %s s", self._pause)
            self._not_before = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        else:
            self._pause, self._not_before = FIRST_PAUSE, float("-inf")

    def _read_active(self) -> Model | None:
        """Load the active run. Only an inactive one loses rows, so one that was active before the
        reading and after it was read whole.
        """
        for _ in range(SWITCHES):
            run = TrainingRun.objects.active()
            if run is None or (self._model is not None and self._model.run_id == run.pk):
                return self._model if run else None
            model = None  # of two switches in a row, the first one's arrays are in the way
            try:
                model = Model(run.pk, self._load(run).prepare())
            except Exception:
                if TrainingRun.objects.active_id() == run.pk:
                    raise
            if model and TrainingRun.objects.active_id() == run.pk:
                return model
        raise TimeoutError(f"the active run was switched {SWITCHES} times while it was loaded")

    def clear(self) -> None:
        self._model, self._pause, self._not_before = None, FIRST_PAUSE, float("-inf")


_cache = ModelCache()
forget_model = _cache.clear


@dataclass
class _Pin:
    """What one answer is worked out from, once it has asked."""

    model: Model | None = None
    is_set: bool = False
    # What was asked for already; None in an answer that may change what would be found.
    kept: dict[Any, Any] | None = None


_pin: ContextVar[_Pin | None] = ContextVar("pin", default=None)


@contextmanager
def pinned_model(*, read_only: bool = False) -> Iterator[None]:
    """Within, `current_model` gives what it gave first: an answer never mixes two runs.

    `only_reads`: nothing is changed within, so `asked_once` asks once.
    """
    token = _pin.set(_Pin(kept={} if read_only else None))
    try:
        yield
    finally:
        _pin.reset(token)


def current_model() -> Model | None:
    """The active run's arrays; None when there is no run, or none that could be loaded."""
    return _pinned(_cache.active_model)


def model_of_run(active_run_id: int | None) -> Model | None:
    """`current_model` for whoever has just read which run is active: no query of its own.

    Not always of that run: another thread may still be loading it, or this answer began with the
    one before.
    """
    return _pinned(lambda: _cache.of(active_run_id))


def once_per_request(key: Any, find: Callable[[], T]) -> T:
    """What `find` gives, asked once in an answer that only reads.

    The parts of a page, its prediction, its neighbours and their stars, ask for the same person.
    """
    pin = _pin.get()
    if pin is None or pin.kept is None:
        return find()
    if key not in pin.kept:
        pin.kept[key] = find()
    return pin.kept[key]


def _pinned(find: Callable[[], Model | None]) -> Model | None:
    """What this answer is worked out from; `find` is asked once in an answer."""
    pin = _pin.get()
    if pin is None:
        return find()
    if not pin.is_set:
        pin.model, pin.is_set = find(), True
    return pin.model
