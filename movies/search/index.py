"""The catalogue's facts and titles as arrays in the process, for search and for the facets' counts.

Counting how many movies each genre, decade and length would leave takes a database tens of
milliseconds each on a large catalogue, and these arrays one. They follow every edit: whoever asks
for them asks the database for the catalogue's mark, and has them made anew when it has moved.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from movies.models import CatalogueVersion, Movie
from movies.search.spellings import TitleWords
from movies.search.trigrams import TitleTriples

# Lengths in minutes: each from one bound to below the next.
LENGTHS = (1, 90, 120, 150)
# Making the arrays of a large catalogue takes a moment. While one is edited without pause, by an
# import, they are made anew after this many times as long, and a second at most.
SHORT_SECONDS, PAUSES, LONGEST_PAUSE = 0.05, 4, 1.0


@dataclass(frozen=True)
class CatalogueIndex:
    movie_ids: np.ndarray  # (n,) int64 ascending
    years: np.ndarray  # (n,) int16; 0 where unknown
    lengths: np.ndarray  # (n,) int8, place in LENGTHS from 1 on; 0 where unknown
    genre_ids: np.ndarray  # (g,) ascending
    genres: np.ndarray  # (n, g) bool
    keys: list[str]  # (n,) folded titles with a blank on either side

    @cached_property
    def decades(self) -> np.ndarray:
        """(n,) int16, first year; 0 where unknown."""
        return self.years // 10 * 10

    @cached_property
    def words(self) -> TitleWords:
        return TitleWords.of(self.keys)

    @cached_property
    def triples(self) -> TitleTriples:
        return TitleTriples.of(self.keys)

    def places(self, movie_ids: np.ndarray) -> np.ndarray:
        """(n,) bool: which movies are among these ids."""
        return np.isin(self.movie_ids, movie_ids)

    def of_genre(self, genre_id: int) -> np.ndarray:
        place = int(np.searchsorted(self.genre_ids, genre_id))
        if place < len(self.genre_ids) and self.genre_ids[place] == genre_id:
            return self.genres[:, place]
        return np.zeros(len(self.movie_ids), bool)


def build() -> CatalogueIndex:
    """Takes two queries."""
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
        keys=keys,
    )


def _facts(keys: list[str]) -> Iterator[tuple[int, int, int]]:
    """Id, year and runtime of every movie; its key is put behind the others."""
    rows = Movie.objects.order_by("pk").values_list("pk", "title_key", "year", "runtime")
    # Not all at once: the rows take three times the room of what is kept of them.
    for pk, key, year, runtime in rows.iterator():
        keys.append(f" {key} ")
        yield pk, year or 0, runtime or 0


class _Shared:
    """One index for all threads of a process, made when first asked for and after each edit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._index: CatalogueIndex | None = None
        self._mark = -1
        self._rest_until = float("-inf")

    def current(self) -> CatalogueIndex:
        # While one thread makes it, the others answer from the one before.
        if not self._lock.acquire(blocking=self._index is None):
            return self._index  # type: ignore[return-value]
        try:
            if self._index is None or time.monotonic() >= self._rest_until:
                # Read before the rows: an edit in between is seen the next time.
                mark = CatalogueVersion.current()
                if self._index is None or mark != self._mark:
                    self._make(mark)
            return self._index  # type: ignore[return-value]
        finally:
            self._lock.release()

    def _make(self, mark: int) -> None:
        began = time.monotonic()
        self._index, self._mark = build(), mark
        took = time.monotonic() - began
        pause = min(LONGEST_PAUSE, took * PAUSES) if took > SHORT_SECONDS else 0.0
        self._rest_until = time.monotonic() + pause


_shared = _Shared()
current = _shared.current
forget = _shared.forget
