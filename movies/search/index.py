"""The catalogue as arrays in memory, for title search and the counts of facets.

On a large catalogue a database takes tens of milliseconds for each count, arrays one for all. Every
use checks the version of the catalogue. After an edit the arrays follow the log of changes: edited
movies are read again, the others stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q

from movies.models import AlternativeTitle, CatalogueChange, CatalogueVersion, Genre, Movie
from movies.models.catalogue_version import Versions
from movies.search.codes import MovieCodes
from movies.search.lines import TextLines
from movies.search.shared import Shared
from movies.search.spellings import TitleWords
from movies.search.splicing import Splice
from movies.search.trigrams import TitleTrigrams

# After more changes than this the index is built anew, at ten times the cost of a few.
MOST_UPDATED = 500
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
    versions: Versions  # read before the rows
    was_in_transaction: bool  # while the rows were read

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

    def with_movies(self, movie_ids: Sequence[int], versions: Versions) -> CatalogueIndex:
        """With these movies as they are now: edited, added or removed."""
        rows = _Rows.read(movie_ids)
        kept = np.flatnonzero(~np.isin(self.movie_ids, movie_ids))
        ids = np.concatenate([self.movie_ids[kept], rows.movie_ids])
        source = np.concatenate([kept, np.full(len(rows.keys), -1)])
        splice = Splice(source[np.argsort(ids, kind="stable")], len(self.movie_ids))
        new = CatalogueIndex(
            movie_ids=splice.array(self.movie_ids, rows.movie_ids),
            years=splice.array(self.years, rows.years),
            lengths=splice.array(self.lengths, rows.lengths),
            genre_ids=self.genre_ids,
            genres=splice.array(self.genres, rows.genres(self.genre_ids)),
            all_genres=self.all_genres,
            countries=self.countries.spliced(splice, rows.countries),
            languages=self.languages.spliced(splice, rows.languages),
            keys=splice.list(self.keys, rows.keys),
            versions=versions,
            was_in_transaction=connection.in_atomic_block,
        )
        # What searches have asked for so far.
        known = vars(self)
        if "words" in known:
            vars(new)["words"] = self.words.spliced(splice, rows.keys)
        if "lines" in known:
            vars(new)["lines"] = self.lines.spliced(splice, rows.keys)
        if "trigrams" in known:
            vars(new)["trigrams"] = self.trigrams.spliced(splice, new.keys)
        same = (self.countries.codes, self.languages.codes)
        if same == (new.countries.codes, new.languages.codes):
            vars(new)["by_language"] = self.by_language
        return new

    def mask_of(self, movie_ids: np.ndarray) -> np.ndarray:
        """(n,) bool: which movies have one of these ids."""
        return np.isin(self.movie_ids, movie_ids)

    def of_genre(self, genre_id: int) -> np.ndarray:
        """(n,) bool: which movies are of this genre."""
        column = int(np.searchsorted(self.genre_ids, genre_id))
        if column < len(self.genre_ids) and self.genre_ids[column] == genre_id:
            return self.genres[:, column]
        return np.zeros(len(self.movie_ids), bool)


@dataclass
class _Rows:
    """Movies as they are in the database, in the order of their ids."""

    facts: np.ndarray  # (n, 3) id, year, runtime
    keys: list[str]
    countries: list[str]
    languages: list[str]
    links: np.ndarray  # (l, 2) movie id, genre id

    @classmethod
    def read(cls, only: Sequence[int] | None = None) -> _Rows:
        """Three queries. `only`: not the whole catalogue, but those with one of these ids.

        From the database that the version was read from: a replica may lag behind it.
        """
        chosen = Q() if only is None else Q(pk__in=only)
        of_chosen = Q() if only is None else Q(movie_id__in=only)
        keys, countries, languages = list[str](), list[str](), list[str]()
        others = _alternative_keys(of_chosen)
        facts = np.fromiter(
            _facts(chosen, others, keys, countries, languages), np.dtype((np.int64, 3))
        )
        pairs = (
            Movie.genres.through.objects.using(connection.alias)
            .filter(of_chosen)
            .values_list("movie_id", "genre_id")
        )
        links = np.fromiter((value for pair in pairs.iterator() for value in pair), np.int64)
        links = links.reshape(-1, 2)
        links = links[np.isin(links[:, 0], facts[:, 0])]
        return cls(facts, keys, countries, languages, links)

    @property
    def movie_ids(self) -> np.ndarray:
        return self.facts[:, 0].copy()

    @property
    def years(self) -> np.ndarray:
        return self.facts[:, 1].astype(np.int16)

    @property
    def lengths(self) -> np.ndarray:
        return np.searchsorted(LENGTHS, self.facts[:, 2], side="right").astype(np.int8)

    def genres(self, genre_ids: np.ndarray) -> np.ndarray:
        """(n, g) bool. A genre that is not among them has been added just now."""
        links = self.links[np.isin(self.links[:, 1], genre_ids)]
        genres = np.zeros((len(self.facts), len(genre_ids)), bool)
        rows = np.searchsorted(self.facts[:, 0], links[:, 0])
        genres[rows, np.searchsorted(genre_ids, links[:, 1])] = True
        return genres


def build() -> CatalogueIndex:
    """Read the whole catalogue, in four queries."""
    versions = _seen
    rows, all_genres = _Rows.read(), tuple(Genre.objects.using(connection.alias))
    genre_ids = np.array(sorted(genre.pk for genre in all_genres), np.int64)
    return CatalogueIndex(
        movie_ids=rows.movie_ids,
        years=rows.years,
        lengths=rows.lengths,
        genre_ids=genre_ids,
        genres=rows.genres(genre_ids),
        all_genres=all_genres,
        countries=MovieCodes.of(rows.countries, str.upper),
        languages=MovieCodes.of(rows.languages, str.lower),
        keys=rows.keys,
        versions=versions,
        was_in_transaction=connection.in_atomic_block,
    )


def update(index: CatalogueIndex) -> CatalogueIndex | None:
    """The index with the movies that were edited since, in five queries.

    None if it has to be built anew: after an edit of a genre or of very many movies, or if it may
    have been read in a transaction that was rolled back, since of that nothing is logged.
    """
    versions = _seen
    if index.was_in_transaction:
        return None
    changed = CatalogueChange.objects.since(index.versions, MOST_UPDATED)
    return None if changed is None else index.with_movies(changed, versions)


def may_be_undone(index: CatalogueIndex) -> bool:
    return index.was_in_transaction and not connection.in_atomic_block


def _facts(
    chosen: Q,
    others: Mapping[int, Sequence[str]],
    keys: list[str],
    countries: list[str],
    languages: list[str],
) -> Iterator[tuple[int, int, int]]:
    """Id, year and runtime of every movie; appends its other facts to the lists."""
    rows = Movie.objects.using(connection.alias).filter(chosen).order_by("pk")
    facts = rows.values_list("pk", "title_key", "year", "runtime", "countries", "languages")
    # Iterated, because all rows at once would take three times the memory of the arrays.
    for pk, key, year, runtime, of_countries, of_languages in facts.iterator():
        also = others.get(pk)
        keys.append(f" {' / '.join((key, *also)) if also else key} ")
        countries.append(of_countries)
        languages.append(of_languages)
        yield pk, year or 0, runtime or 0


def _alternative_keys(of_chosen: Q) -> dict[int, list[str]]:
    """The folded alternative titles by movie id."""
    keys: dict[int, list[str]] = defaultdict(list)
    titles = (
        AlternativeTitle.objects.using(connection.alias).filter(of_chosen).exclude(title_key="")
    )
    rows = titles.order_by("movie_id", "pk").values_list("movie_id", "title_key")
    for pk, key in rows.iterator():
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
_shared = Shared(
    build,
    _read_version,
    update=update,
    may_be_undone=may_be_undone,
    pause_per_build=4,
    longest_pause=1.0,
)
current = _shared.current
forget = _shared.forget
