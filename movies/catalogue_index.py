"""The catalogue's facts as arrays in the process, for counts that a page shows by the dozen.

Counting how many movies each genre, decade and length would leave takes a database tens of
milliseconds each on a large catalogue, and these arrays one. They follow the catalogue: what was
added or removed is seen within seconds, an edited genre or year within minutes; which movies a page
lists is always asked of the database itself.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Max

from movies.models import Movie

# Seconds: how often the database is asked whether movies came or went, and how old facts may get.
LOOK_AGAIN, OLDEST = 5.0, 300.0
# Lengths in minutes: each from one bound to below the next.
LENGTHS = (1, 90, 120, 150)


@dataclass(frozen=True)
class CatalogueIndex:
    movie_ids: np.ndarray  # (n,) int64 ascending
    decades: np.ndarray  # (n,) int16, first year; 0 where unknown
    lengths: np.ndarray  # (n,) int8, place in LENGTHS from 1 on; 0 where unknown
    genre_ids: np.ndarray  # (g,) ascending
    genres: np.ndarray  # (n, g) bool

    def places(self, movie_ids: np.ndarray) -> np.ndarray:
        """(n,) bool: which movies are among these ids."""
        return np.isin(self.movie_ids, movie_ids)

    def of_genre(self, genre_id: int) -> np.ndarray:
        place = int(np.searchsorted(self.genre_ids, genre_id))
        if place < len(self.genre_ids) and self.genre_ids[place] == genre_id:
            return self.genres[:, place]
        return np.zeros(len(self.movie_ids), bool)


def build() -> CatalogueIndex:
    rows = Movie.objects.order_by("pk").values_list("pk", "year", "runtime")
    facts = np.array([(pk, year or 0, runtime or 0) for pk, year, runtime in rows], np.int64)
    facts = facts.reshape(-1, 3)
    pairs = Movie.genres.through.objects.values_list("movie_id", "genre_id").iterator()
    links = np.fromiter((value for pair in pairs for value in pair), np.int64).reshape(-1, 2)
    links = links[np.isin(links[:, 0], facts[:, 0])]
    genre_ids = np.unique(links[:, 1])
    genres = np.zeros((len(facts), len(genre_ids)), bool)
    genres[np.searchsorted(facts[:, 0], links[:, 0]), np.searchsorted(genre_ids, links[:, 1])] = (
        True
    )
    return CatalogueIndex(
        movie_ids=facts[:, 0],
        decades=(facts[:, 1] // 10 * 10).astype(np.int16),
        lengths=np.searchsorted(LENGTHS, facts[:, 2], side="right").astype(np.int8),
        genre_ids=genre_ids,
        genres=genres,
    )


class _Shared:
    """One index for all threads of a process, built when it is first asked for and when stale."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._index: CatalogueIndex | None = None
        self._signature: tuple[int, int] = (-1, -1)
        self._looked_at = self._built_at = float("-inf")

    def current(self) -> CatalogueIndex:
        now = time.monotonic()
        with self._lock:
            if self._index is None or now - self._looked_at > LOOK_AGAIN:
                self._looked_at = now
                state = Movie.objects.aggregate(n=Count("pk"), last=Max("pk"))
                signature = (state["n"], state["last"] or 0)
                old = now - self._built_at > OLDEST
                if self._index is None or old or signature != self._signature:
                    self._index, self._signature, self._built_at = build(), signature, now
            return self._index


_shared = _Shared()
current = _shared.current
forget = _shared.forget
