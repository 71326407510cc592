"""The catalogue as arrays in memory, for title search and the counts of facets.

On a large catalogue a database takes tens of milliseconds for each count, arrays one for all. Every
use checks the version of the catalogue, and the arrays are rebuilt after an edit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from movies.models import AlternativeTitle, CatalogueVersion, Genre, Movie
from movies.models.catalogue_version import Versions
from movies.search.codes import MovieCodes
from movies.search.lines import TextLines
from movies.search.shared import Shared
from movies.search.spellings import TitleWords
from movies.search.trigrams import TitleTrigrams

# Lower bounds of the lengths to filter by, in minutes.
LENGTHS = (1, 90, 120, 150)


@dataclass(frozen=True)
class CatalogueIndex:
    movie_ids: np.ndarray  # (n,) int64 ascending
    years: np.ndarray  # (n,) int16; 0 where unknown
    lengths: np.ndarray  # (n,) int8, position in LENGTHS from 1 on; 0 where unknown
    genre_ids: np.ndarray  # (g,) ascending
    genres: np.ndarray  # (n, g) bool
    all_genres: tuple[Genre, ...]  # those without movies too
    countries: MovieCodes
    languages: MovieCodes
    keys: list[str]  # (n,) folded titles, " / " between them, with a space on either side

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

    @cached_property
    def by_language(self) -> dict[str, Any]:
        """What is computed once for each language, by the language's code."""
        return {}

    @cached_property
    def lines(self) -> TextLines:
        return TextLines.of(self.keys)

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
    """Read the whole catalogue, in four queries."""
    keys, countries, languages = list[str](), list[str](), list[str]()
    facts = np.fromiter(_facts(keys, countries, languages), np.dtype((np.int64, 3)))
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
        countries=MovieCodes.of(countries, str.upper),
        languages=MovieCodes.of(languages, str.lower),
        keys=keys,
    )


def _facts(
    keys: list[str], countries: list[str], languages: list[str]
) -> Iterator[tuple[int, int, int]]:
    """Id, year and runtime of every movie; appends its other facts to the lists."""
    others = _alternative_keys()
    rows = Movie.objects.order_by("pk").values_list(
        "pk", "title_key", "year", "runtime", "countries", "languages"
    )
    # Iterated, because all rows at once would take three times the memory of the arrays.
    for pk, key, year, runtime, of_countries, of_languages in rows.iterator():
        also = others.get(pk)
        keys.append(f" {' / '.join((key, *also)) if also else key} ")
        countries.append(of_countries)
        languages.append(of_languages)
        yield pk, year or 0, runtime or 0


def _alternative_keys() -> dict[int, list[str]]:
    """The folded alternative titles by movie id."""
    keys: dict[int, list[str]] = defaultdict(list)
    rows = AlternativeTitle.objects.exclude(title_key="").order_by("movie_id", "pk")
    for pk, key in rows.values_list("movie_id", "title_key").iterator():
        keys[pk].append(key)
    return keys


def _read_version() -> int:
    global _seen
    _seen = CatalogueVersion.parts()
    return _seen.movies


def seen_versions() -> Versions:
    """Of all parts, as read when `current` was last asked: no query of their own."""
    return _seen


_seen = Versions(0, 0, 0)
_shared = Shared(build, _read_version, pause_per_build=4, longest_pause=1.0)
current = _shared.current
forget = _shared.forget
