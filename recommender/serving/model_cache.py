"""The active run's movie factors in memory, loaded once per process and run.

Every request reads from the database which run is active, so the next request sees a switch. The
processes of a host share the arrays, 64 MB for 60,000 movies (see `recommender.model_files`): the
first one reads them in a few hundred milliseconds, the others map them in a few.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from django.conf import settings
from django.db.models import Subquery

from movies.models import Movie, MovieMerge
from recommender import model_files, store
from recommender.core import ItemFactors
from recommender.merged_movies import Merges
from recommender.model_files import MovieSide
from recommender.models import TrainingRun
from recommender.store import FittedUser

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds before a run that could not be loaded is tried again; doubled after each failure.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# A load starts again if the active run was switched meanwhile, up to this many times.
MAX_SWITCHES = 5


class ModelVersion(NamedTuple):
    """What the arrays in memory must agree with."""

    run_id: int
    merges: int  # `MovieMerge.objects.version()`

    @classmethod
    def active(cls) -> ModelVersion | None:
        """One query; None without an active run."""
        merges = Subquery(MovieMerge.objects.order_by("-change").values("change")[:1])
        runs = TrainingRun.objects.filter(is_active=True).order_by()
        row = runs.values_list("pk", merges).first()
        return row and cls(row[0], row[1] or 0)


class RunSwitchedOff(Exception):
    """While it was loaded, so some of its rows may have been deleted."""


@dataclass(frozen=True)
class Model:
    """The movie factors of one run."""

    run_id: int
    items: ItemFactors
    # The merges of movies that `items` takes into account, and the ids under which movies were
    # fitted whose row is that of a movie merged into them.
    merges: int = 0
    fitted_as: Mapping[int, int] = field(default_factory=dict)
    # Computed from this run by other modules and kept with it. Nothing in here may refer to the
    # Model: the reference cycle would keep the arrays of a run that is no longer active.
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def rows(self, movie_ids: Iterable[int]) -> np.ndarray:
        """Row of each movie; -1 for a movie that is not in the run."""
        is_array = isinstance(movie_ids, np.ndarray)
        wanted = movie_ids if is_array else np.fromiter(movie_ids, np.int64)
        ids = self.items.item_ids
        if not len(ids):
            return np.full(len(wanted), -1)
        rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        return np.where(ids[rows] == wanted, rows, -1)

    def in_fit(self, movie_ids: Iterable[int], fitted: FittedUser) -> np.ndarray:
        """(n,) bool: whose rows hold a rating by this user."""
        ids = [self.fitted_as.get(movie_id, movie_id) for movie_id in movie_ids]
        return np.isin(np.array(ids, np.int64), fitted.movie_ids)

    @property
    def version(self) -> ModelVersion:
        return ModelVersion(self.run_id, self.merges)

    def known_rows(self, movie_ids: Iterable[int]) -> np.ndarray:
        """Rows of the movies that are in the run."""
        rows = self.rows(movie_ids)
        return rows[rows >= 0]

    def existing_rows(self, rows: np.ndarray) -> np.ndarray:
        """`rows` without those whose movies were deleted since the run."""
        ids = self.items.item_ids[rows]
        existing = Movie.objects.filter(pk__in=ids.tolist()).values_list("pk", flat=True)
        return rows[np.isin(ids, list(existing))]


class ModelCache:
    """The arrays of one run at a time, shared by the threads of a process.

    One thread loads a run; meanwhile the others use the arrays of the run before, or wait if there
    are none. A run that cannot be loaded is logged and tried again after a pause; until then the
    run before stays in use, or, without one, the site answers as if it had no model.
    """

    def __init__(
        self,
        load: Callable[[TrainingRun], ItemFactors] = store.load_items,
        folder: Path | None = None,
    ) -> None:
        """
        Args:
            folder: for files shared with other processes; None for arrays of one's own.
        """
        self._load, self._folder = load, folder
        self._model: Model | None = None
        self._loading = threading.Lock()
        self._pause = FIRST_PAUSE
        self._not_before = float("-inf")

    def active_model(self) -> Model | None:
        """The active run's arrays. One query."""
        return self.model_of(ModelVersion.active())

    def model_of(self, version: ModelVersion | None) -> Model | None:
        """The arrays of this version, which the caller has just read to be the active one."""
        model = self._model
        if version is None or (model is not None and model.version == version):
            return model if version else None
        if not self._loading.acquire(blocking=model is None):
            return model
        try:
            # While this thread waited, another may have loaded the run, or failed to.
            stale = self._model is None or self._model.version != version
            if stale and time.monotonic() >= self._not_before:
                self._load_active()
            return self._model
        finally:
            self._loading.release()

    def _load_active(self) -> None:
        try:
            self._model = self._read_active()
        except Exception:
            logger.exception("The active run could not be loaded; next try in %s s", self._pause)
            self._not_before = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        else:
            self._pause, self._not_before = FIRST_PAUSE, float("-inf")

    def _read_active(self) -> Model | None:
        """Only an inactive run loses rows, so a run that is active before and after the load was
        read whole.
        """
        for _ in range(MAX_SWITCHES):
            run, merges = TrainingRun.objects.active(), Merges.read()
            version = run and ModelVersion(run.pk, merges.version)
            if run is None or (self._model is not None and self._model.version == version):
                return self._model if run else None
            side = None  # frees the arrays of a run that was switched off while it was loaded
            try:
                side = self._movie_side(run, merges)
            except Exception:
                if TrainingRun.objects.active_id() == run.pk:
                    raise
            if side and TrainingRun.objects.active_id() == run.pk:
                return Model(run.pk, side.items, merges.version, side.fitted_as)
        raise TimeoutError(f"the active run was switched {MAX_SWITCHES} times while it was loaded")

    def _movie_side(self, run: TrainingRun, merges: Merges) -> MovieSide:
        def read() -> MovieSide:
            items, fitted_as = merges.apply(self._load(run))
            if TrainingRun.objects.active_id() != run.pk:
                raise RunSwitchedOff(run.pk)  # before others are shown what may not be whole
            return MovieSide(items.prepare(), fitted_as)

        return model_files.load(self._folder, run, merges, read) if self._folder else read()

    def clear(self) -> None:
        self._model, self._pause, self._not_before = None, FIRST_PAUSE, float("-inf")


_cache = ModelCache(folder=settings.MODEL_DIR)
forget_model = _cache.clear


@dataclass
class _RequestState:
    """The model that one request uses, and its results of `once_per_request`."""

    model: Model | None = None
    has_model: bool = False
    results: dict[Any, Any] | None = None  # None if the request may change what they come from


_request_state: ContextVar[_RequestState | None] = ContextVar("request_state", default=None)


@contextmanager
def pinned_model(*, read_only: bool = False) -> Iterator[None]:
    """Within this context `current_model` always returns the same model: no page mixes two runs.

    read_only: nothing is saved within, so `once_per_request` may keep results.
    """
    token = _request_state.set(_RequestState(results={} if read_only else None))
    try:
        yield
    finally:
        _request_state.reset(token)


def current_model() -> Model | None:
    """The active run's arrays; None if there is no active run, or none that could be loaded."""
    return _pinned(_cache.active_model)


def model_of(version: ModelVersion | None) -> Model | None:
    """As `current_model`, for callers that have just read the active version. No query.

    May still be the one before: if another thread is loading the new one, or if this request
    started with it.
    """
    return _pinned(lambda: _cache.model_of(version))


def once_per_request(key: Any, find: Callable[[], T]) -> T:
    """The result of `find`, called once per key in a request that only reads.

    The parts of a page (prediction, similar movies, their stars) need the same user.
    """
    state = _request_state.get()
    if state is None or state.results is None:
        return find()
    if key not in state.results:
        state.results[key] = find()
    return state.results[key]


def _pinned(find: Callable[[], Model | None]) -> Model | None:
    """The model of this request; `find` is called once per request."""
    state = _request_state.get()
    if state is None:
        return find()
    if not state.has_model:
        state.model, state.has_model = find(), True
    return state.model
