"""The active run's movie side in memory, loaded once per process and run."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from movies.models import Movie
from recommender import store
from recommender.core import ItemFactors
from recommender.models import TrainingRun


@dataclass(frozen=True)
class Model:
    """The movie side of one run, with its ids to find rows by."""

    run_id: int
    items: ItemFactors

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


class _ModelCache:
    """The active run's arrays, loaded once per process.

    While one thread loads a new run the others go on with the old one; an answer is worked out
    from one `Model` and so never mixes two runs.
    """

    def __init__(self) -> None:
        self._model: Model | None = None
        self._loading = threading.Lock()

    def current(self) -> Model | None:
        run = TrainingRun.objects.active()
        if run is None:
            return None
        model = self._model
        if model is not None and model.run_id == run.pk:
            return model
        # Only a process that has nothing yet waits for whoever is loading.
        if not self._loading.acquire(blocking=model is None):
            return model
        try:
            if self._model is None or self._model.run_id != run.pk:
                self._model = Model(run.pk, store.load_items(run))
            return self._model
        finally:
            self._loading.release()

    def clear(self) -> None:
        self._model = None


_cache = _ModelCache()

current_model = _cache.current
forget_model = _cache.clear
