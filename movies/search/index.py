"""The catalogue as arrays in memory, for title search and the counts of facets.

On a large catalogue a database takes tens of milliseconds for each count, arrays one for all. Every
use checks the version of the catalogue, and the arrays are rebuilt after an edit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from movies.models import CatalogueVersion, Genre, Movie
from movies.search.spellings import TitleWords
from movies.search.trigrams import TitleTrigrams

# Lower bounds of the lengths to filter by, in minutes.
LENGTHS = (1, 90, 120, 150)
# A build that took longer than this is followed by a pause, so that an import, which edits all the
# time, does not cause one build after the other.
SHORT_BUILD = 0.05  # seconds
PAUSE_PER_BUILD, LONGEST_PAUSE = 4, 1.0  # times the build; seconds


@dataclass(frozen=True)
class CatalogueIndex:
    movie_ids: np.ndarray  # (n,) int64 ascending
    years: np.ndarray  # (n,) int16; 0 where unknown
    lengths: np.ndarray  # (n,) int8, position in LENGTHS from 1 on; 0 where unknown
    genre_ids: np.ndarray  # (g,) ascending
    genres: np.ndarray  # (n, g) bool
    all_genres: tuple[Genre, ...]  # those without movies too
    keys: list[str]  # (n,) folded titles with a space on either side

    @cached_property
    def decades(self) -> np.ndarray:
        """(n,) int16, first year; 0 where unknown."""
        return self.years // 10 * 10

    @cached_property
    def words(self) -> TitleWords:
        return TitleWords.of(self.keys)

    @cached_property
    def trigrams(self) -> TitleTrigrams:
        return TitleTrigrams.of(self.keys)

    def mask_of(self, movie_ids: np.ndarray) -> np.ndarray:
        """(n,) bool: which movies have one of these ids."""
        return np.isin(self.movie_ids, movie_ids)

    def of_genre(self, genre_id: int) -> np.ndarray:
        """(n,) bool: which movies are of this genre."""
        column = int(np.searchsorted(self.genre_ids, genre_id))
        if column < len(self.genre_ids) and self.genre_ids[column] == genre_id:
            return self.genres[:, column]
        return np.zeros(len(self.movie_ids), bool)


def build() -> CatalogueIndex:
    """Read the whole catalogue, in three queries."""
    keys: list[str] = []
    facts = np.fromiter(_facts(keys), np.dtype((np.int64, 3)))
    movie_ids = facts[:, 0].copy()
    pairs = Movie.genres.through.objects.values_list("movie_id", "genre_id").iterator()
    links = np.fromiter((value for pair in pairs for value in pair), np.int64).reshape(-1, 2)
    links = links[np.isin(links[:, 0], movie_ids)]
    genre_ids = np.unique(links[:, 1])
    genres = np.zeros((len(keys), len(genre_ids)), bool)
    genres[np.searchsorted(movie_ids, links[:, 0]), np.searchsorted(genre_ids, links[:, 1])] = True
    return CatalogueIndex(
        movie_ids=movie_ids,
        years=facts[:, 1].astype(np.int16),
        lengths=np.searchsorted(LENGTHS, facts[:, 2], side="right").astype(np.int8),
        genre_ids=genre_ids,
        genres=genres,
        all_genres=tuple(Genre.objects.all()),
        keys=keys,
    )


def _facts(keys: list[str]) -> Iterator[tuple[int, int, int]]:
    """Id, year and runtime of every movie; appends its key to `keys`."""
    rows = Movie.objects.order_by("pk").values_list("pk", "title_key", "year", "runtime")
    # Iterated, because all rows at once would take three times the memory of the arrays.
    for pk, key, year, runtime in rows.iterator():
        keys.append(f" {key} ")
        yield pk, year or 0, runtime or 0


class _SharedIndex:
    """The index of all threads of the process, built on first use and after each edit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._index: CatalogueIndex | None = None
        self._version = -1
        self._pause_until = float("-inf")

    def current(self) -> CatalogueIndex:
        # While one thread rebuilds, the others answer from the previous index.
        if not self._lock.acquire(blocking=self._index is None):
            return self._index  # type: ignore[return-value]
        try:
            if self._index is None or time.monotonic() >= self._pause_until:
                # The version is read before the rows, so an edit in between causes a rebuild.
                version = CatalogueVersion.current()
                if self._index is None or version != self._version:
                    self._rebuild(version)
            return self._index  # type: ignore[return-value]
        finally:
            self._lock.release()

    def _rebuild(self, version: int) -> None:
        began = time.monotonic()
        self._index, self._version = build(), version
        took = time.monotonic() - began
        pause = min(LONGEST_PAUSE, took * PAUSE_PER_BUILD) if took > SHORT_BUILD else 0.0
        self._pause_until = time.monotonic() + pause


_shared = _SharedIndex()
current = _shared.current
forget = _shared.forget
