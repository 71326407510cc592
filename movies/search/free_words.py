"""Movies that a query describes instead of naming: by people, genre, decade, country, plot.

"harrison ford", "horror 1980s", "kubrick space". Each part of the query must hold: a name, the
name of a genre, decade, country or language, or else a word of the title or the description.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce

import numpy as np

from movies.search import descriptions, people
from movies.search.fact_words import LONGEST_PHRASE, fact_words
from movies.search.index import CatalogueIndex
from movies.search.people import PeopleIndex

# With fewer movies than this found by other words, those of descriptions count too.
ENOUGH = 5
MOST_PEOPLE = 3
# "movies with tom hanks": these say nothing where other words do.
_FILLERS = {
    *("movie", "movies", "film", "films", "filme", "starring", "directed"),
    *("jahre", "jahren", "by", "with", "from", "in", "of", "mit", "von", "avec", "de", "con"),
}
_NOBODY = np.empty(0, np.int64)


@dataclass(frozen=True)
class Described:
    """Rows of the movies that the words describe, ascending."""

    rows: np.ndarray = field(default_factory=lambda: _NOBODY)
    # Rows of movies only found by words of their descriptions.
    by_description: np.ndarray = field(default_factory=lambda: _NOBODY)
    # Rows of the movies of people with similar names, where nothing else was found.
    guessed: np.ndarray = field(default_factory=lambda: _NOBODY)
    # Id and number of movies of the people whose names have all the words, best known first.
    people: tuple[tuple[int, int], ...] = ()
    # Whether the words are the full name of somebody.
    is_full_name: bool = False


@dataclass(frozen=True)
class _Part:
    """Some successive words of the query, and what they name."""

    words: Sequence[str]
    people: np.ndarray
    facts: np.ndarray | None  # (n,) bool

    @property
    def names_something(self) -> bool:
        return bool(len(self.people)) or self.facts is not None

    @property
    def is_filler(self) -> bool:
        return _FILLERS.issuperset(self.words)


def describe(
    index: CatalogueIndex, words: Sequence[str], language: str, *, n_titles: int
) -> Described:
    """The movies that folded words describe.

    `n_titles`: how many titles have the words. Where they are words of titles alone, and enough of
    those were found, there is nothing to add.
    """
    if not words:
        return Described()
    return _Description(index, people.current(), words, language).described(n_titles)


class _Description:
    def __init__(
        self, index: CatalogueIndex, names: PeopleIndex, words: Sequence[str], language: str
    ) -> None:
        self._index, self._names, self._words = index, names, words
        self._facts = fact_words(index, language)

    def described(self, n_titles: int) -> Described:
        parts = list(self._parts())
        telling = [part for part in parts if part.names_something or not part.is_filler]
        parts = telling or parts
        if not any(part.names_something for part in parts) and n_titles >= ENOUGH:
            return Described()
        masks = [self._mask(part) for part in parts]
        found = np.logical_and.reduce(masks)
        also = found | self._with_descriptions(parts, masks) if found.sum() < ENOUGH else found
        if not n_titles and not also.any() and (corrected := self._names.corrected(self._words)):
            ids = self._names.movies_of(self._names.named(corrected))
            return Described(guessed=np.flatnonzero(self._index.mask_of(ids)))
        whole = parts[0].people if len(parts) == 1 else _NOBODY
        best = whole[np.argsort(-self._names.popularity[whole], kind="stable")]
        return Described(
            rows=np.flatnonzero(found),
            by_description=np.flatnonzero(also & ~found),
            people=tuple(self._names.id_and_movies(person) for person in best[:MOST_PEOPLE]),
            is_full_name=any(self._is_full_name(person) for person in best[:1].tolist()),
        )

    @property
    def _n(self) -> int:
        return len(self._index.movie_ids)

    def _parts(self) -> Iterator[_Part]:
        """The query from left to right, in the longest phrases that name something."""
        start, n = 0, len(self._words)
        while start < n:
            for length in range(min(LONGEST_PHRASE, n - start), 0, -1):
                words = self._words[start : start + length]
                part = _Part(words, self._people(words), self._facts.mask(words))
                if length == 1 or part.names_something:
                    yield part
                    start += length
                    break

    def _people(self, words: Sequence[str]) -> np.ndarray:
        if any(word not in self._bearers for word in words):
            self._bearers.update({word: self._names.names.with_word(word) for word in words})
        if len(words) == 1:
            return self._names.named(words)
        return reduce(np.intersect1d, [self._bearers[word] for word in words])

    @cached_property
    def _bearers(self) -> dict[str, np.ndarray]:
        return {}

    def _mask(self, part: _Part) -> np.ndarray:
        """(n,) bool: the movies for which this part holds, descriptions aside."""
        mask = self._in_titles(part)
        if part.facts is not None:
            mask = mask | part.facts
        if len(part.people):
            mask = mask | self._index.mask_of(self._names.movies_of(part.people))
        return mask

    def _in_titles(self, part: _Part) -> np.ndarray:
        lines, mask = self._index.lines, np.zeros(self._n, bool)
        mask[reduce(np.intersect1d, [lines.with_word(word) for word in part.words])] = True
        return mask

    def _with_descriptions(self, parts: Sequence[_Part], masks: Sequence[np.ndarray]) -> np.ndarray:
        """As the parts together, with the words of descriptions where they name nothing."""
        if all(part.names_something for part in parts):
            return np.zeros(self._n, bool)
        known = descriptions.current()
        wider = []
        for part, mask in zip(parts, masks, strict=True):
            if not part.names_something:
                for word in part.words:
                    ids = known.movie_ids[known.lines.with_word(word)]
                    mask = mask | self._index.mask_of(ids)
            wider.append(mask)
        return np.logical_and.reduce(wider) if wider else np.zeros(self._n, bool)

    def _is_full_name(self, person: int) -> bool:
        name = self._names.names.line(person).split()
        return len(name) > 1 and set(name) == set(self._words)
