"""Which titles a query means, and how well each fits: worked out in the process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from movies.models.catalogue import EARLIEST_YEAR, LATEST_YEAR
from movies.search.index import CatalogueIndex
from movies.search.spellings import DIGITS, spellings
from movies.search.trigrams import CLOSEST

# With this many found as typed, nobody misspelt anything.
ENOUGH = 5
# More than this many are not named one by one, and then letters inside words count for nothing.
LISTED = 400
NEAR = 12
# Titles are filed without these in front, and people type them where they remember them.
ARTICLES = {"the", "a", "an"}
# How closely a title fits, in steps: the title itself; the words; letters inside its words; ten and
# more: what may have been meant.
WHOLE, WORDS, INSIDE, GUESSED = 0, 1, 2, 10
# Steps that guesses are put into: within one, the better known title comes first.
STEPS, WRONG_YEAR = 20, 0.15


@dataclass(frozen=True)
class Match:
    """The movies found, by their row in the index.

    `steps` says how closely each fits, `begins` whose title begins like the query. Where they are
    too many to name, `steps` has only those that are the title itself, and `begins` is None.
    """

    rows: np.ndarray  # (found,) int64
    steps: dict[int, int]
    begins: frozenset[int] | None = frozenset()

    @property
    def is_guess(self) -> bool:
        """Nothing is called what was typed."""
        named = self.begins is not None and bool(self.steps)
        return named and min(self.steps.values()) >= GUESSED


def match(index: CatalogueIndex, words: Sequence[str]) -> Match:
    """The titles that hold all the words or, where next to none does, come close.

    Without a word there is nothing to find.
    """
    if not words:
        return Match(np.empty(0, np.int64), {})
    forms = _forms(words)
    rows = holding = _rows_of_all(index, words, _holding, range(len(index.keys)))
    if len(holding) > LISTED:
        # Where few titles have words that begin so, nobody means the many that hold the letters.
        rows = _rows_of_all(index, words, _meaning, holding)
    if len(rows) > LISTED:
        rows = _rows_of_all(index, words, _beginning, holding)
        return Match(np.array(rows, np.int64), _wholes(index, rows, words, forms), None)
    steps = {row: _step(index, row, words, forms) for row in rows}
    begins = frozenset(row for row in rows if _begins(index, row, forms))
    if len(steps) < ENOUGH:
        steps = {**_guesses(index, words), **steps}
    return Match(np.array(sorted(steps), np.int64), steps, begins)


def year_of(word: str) -> int | None:
    """The year that a word may mean."""
    is_year = word.isascii() and word.isdigit() and EARLIEST_YEAR <= int(word) <= LATEST_YEAR
    return int(word) if is_year else None


_Rows = Callable[[CatalogueIndex, str, Iterable[int]], list[int]]


def _rows_of_all(
    index: CatalogueIndex, words: Sequence[str], rows_of: _Rows, rows: Iterable[int]
) -> list[int]:
    # The longest word leaves the fewest titles to the others.
    for word in sorted(set(words), key=len, reverse=True):
        rows = rows_of(index, word, rows)
    return list(rows)


def _holding(index: CatalogueIndex, word: str, rows: Iterable[int]) -> list[int]:
    """Those with the word anywhere, or written another way, or of that year."""
    return _with(index, word, word, rows)


def _meaning(index: CatalogueIndex, word: str, rows: Iterable[int]) -> list[int]:
    """Those with a word that begins so, or written another way, or of that year."""
    return _with(index, f" {word}", word, rows)


def _with(index: CatalogueIndex, letters: str, word: str, rows: Iterable[int]) -> list[int]:
    keys, also = index.keys, index.words.joined(word) | _rows_of_year(index, word)
    others = [f" {spelling} " for spelling in spellings(word)]
    if not others:
        return [row for row in rows if letters in keys[row] or row in also]
    return [
        row
        for row in rows
        if letters in keys[row] or row in also or any(other in keys[row] for other in others)
    ]


def _beginning(index: CatalogueIndex, word: str, rows: Iterable[int]) -> list[int]:
    """Those with a word that begins so, or of that year: what `search` can ask the database."""
    keys, also, start = index.keys, _rows_of_year(index, word), f" {word}"
    return [row for row in rows if start in keys[row] or row in also]


def _rows_of_year(index: CatalogueIndex, word: str) -> set[int]:
    year = year_of(word)
    return set() if year is None else set(np.flatnonzero(index.years == year).tolist())


# A query as a title, and the year that this title must then be of: "alien 1979" is two.
_Form: TypeAlias = tuple[str, int | None]


def _forms(words: Sequence[str]) -> list[_Form]:
    forms: list[_Form] = [(_bare(words), None)]
    for place, word in enumerate(words):
        rest = [*words[:place], *words[place + 1 :]]
        if rest and (year := year_of(word)):
            forms.append((_bare(rest), year))
    return forms


def _bare(words: Iterable[str]) -> str:
    """In one piece, without articles, numbers as digits: what two ways to write a title share."""
    kept = [DIGITS.get(word, word) for word in words if word not in ARTICLES]
    return "".join(kept or words)


def _titles(index: CatalogueIndex, row: int) -> list[str]:
    """Title and original title, bare."""
    return [_bare(title.split()) for title in index.keys[row].split(" / ")]


def _step(index: CatalogueIndex, row: int, words: Sequence[str], forms: Sequence[_Form]) -> int:
    titles, year, key = _titles(index, row), int(index.years[row]), index.keys[row]
    if any(bare in titles and of in (None, year) for bare, of in forms):
        return WHOLE
    inside = any(word in key and f" {word}" not in key and year_of(word) != year for word in words)
    return INSIDE if inside else WORDS


def _wholes(
    index: CatalogueIndex, rows: Iterable[int], words: Sequence[str], forms: Sequence[_Form]
) -> dict[int, int]:
    """Of very many, those that are the title itself: looked for among titles that end so."""
    keys, end = index.keys, f" {' '.join(words)} "
    ending = (
        row
        for row in rows
        if end in keys[row] and (keys[row].endswith(end) or f"{end}/ " in keys[row])
    )
    return {row: WHOLE for row in ending if _step(index, row, words, forms) == WHOLE}


def _begins(index: CatalogueIndex, row: int, forms: Sequence[_Form]) -> bool:
    titles, year = _titles(index, row), int(index.years[row])
    return any(
        title.startswith(bare) and of in (None, year) for title in titles for bare, of in forms
    )


def _guesses(index: CatalogueIndex, words: Sequence[str]) -> dict[int, int]:
    """Titles that come close, with their step. A year is a word of its own, met or not."""
    closeness = dict(index.triples.near(" ".join(words), NEAR))
    years = {year for word in words if (year := year_of(word))}
    rest = [word for word in words if year_of(word) is None]
    if years and rest:
        for row, close in index.triples.near(" ".join(rest), NEAR):
            right = int(index.years[row]) in years
            close = (len(rest) * close + CLOSEST) / (len(rest) + 1) if right else close - WRONG_YEAR
            closeness[row] = max(close, closeness.get(row, 0))
    return {row: GUESSED + round(STEPS * (CLOSEST - close)) for row, close in closeness.items()}
