"""Which titles a query matches, and how well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from movies.models.catalogue import EARLIEST_YEAR, LATEST_YEAR
from movies.search.index import CatalogueIndex
from movies.search.spellings import DIGITS, spellings
from movies.search.trigrams import BEST_SCORE

# With at least this many matches of words or their beginnings, letters inside words do not count.
ENOUGH = 5
# Letters of the shortest word that may be inside another; and where a title is the query itself.
SHORTEST_INSIDE, SHORTEST_INSIDE_BESIDE_WHOLE = 3, 4
# With more matches, letters inside words no longer count, and only whole titles are ranked.
RANKED = 400
GUESSES = 12
# Stored titles do not begin with these, but people type them.
ARTICLES = {"the", "a", "an"}
# Tiers of matches, best first: the title itself; words or their beginnings; letters inside words;
# and from 10 on, similar titles.
WHOLE, WORDS, INSIDE, GUESSED = 0, 1, 2, 10
# Tiers per point of score that similar titles are sorted into; within a tier, the more popular
# title comes first.
TIERS_PER_POINT = 20
WRONG_YEAR = 0.15  # taken off the score


@dataclass(frozen=True)
class Match:
    """The matching movies, by their row in the index.

    `tiers` says how well each matches, `prefixed` which titles begin with the query. With more than
    RANKED matches, `tiers` has only titles that are the query itself, and `prefixed` is None.
    """

    rows: np.ndarray  # (found,) int64
    tiers: dict[int, int]
    prefixed: frozenset[int] | None = frozenset()

    @property
    def is_guess(self) -> bool:
        """Whether there are only similar titles."""
        is_ranked = self.prefixed is not None and bool(self.tiers)
        return is_ranked and min(self.tiers.values()) >= GUESSED


def match(index: CatalogueIndex, words: Sequence[str]) -> Match:
    """Titles with all the words and, where there are hardly any, similar titles.

    `words` are folded. Without any, nothing matches.
    """
    if not words:
        return Match(np.empty(0, np.int64), {})
    forms = _forms(words)
    rows = containing = _rows_with_all(index, words, _containing, range(len(index.keys)))
    if len(containing) > RANKED:
        rows = _rows_with_all(index, words, _with_word, containing)
    if len(rows) > RANKED:
        rows = _rows_with_all(index, words, _with_prefix, containing)
        return Match(np.array(rows, np.int64), _whole_titles(index, rows, words, forms), None)
    tiers = _without_noise({row: _tier(index, row, words, forms) for row in rows}, words)
    prefixed = frozenset(row for row in tiers if _is_prefixed(index, row, forms))
    # Misspelled is only what no title has in these words.
    if all(tier == INSIDE for tier in tiers.values()):
        tiers = {**_guesses(index, words), **tiers}
    return Match(np.array(sorted(tiers), np.int64), tiers, prefixed)


def _without_noise(tiers: dict[int, int], words: Sequence[str]) -> dict[int, int]:
    """Without letters inside words, where enough titles match better or one is the query."""
    better = {row: tier for row, tier in tiers.items() if tier < INSIDE}
    is_whole = WHOLE in better.values()
    is_short = min(map(len, words)) < SHORTEST_INSIDE_BESIDE_WHOLE
    return better if len(better) >= ENOUGH or (is_whole and is_short) else tiers


def year_of(word: str) -> int | None:
    """The year that a word may stand for."""
    is_year = word.isascii() and word.isdigit() and EARLIEST_YEAR <= int(word) <= LATEST_YEAR
    return int(word) if is_year else None


_RowsWith = Callable[[CatalogueIndex, str, Iterable[int]], list[int]]


def _rows_with_all(
    index: CatalogueIndex, words: Sequence[str], rows_with: _RowsWith, rows: Iterable[int]
) -> list[int]:
    # Longest word first, because it leaves the fewest titles to look at.
    for word in sorted(set(words), key=len, reverse=True):
        rows = rows_with(index, word, rows)
    return list(rows)


def _containing(index: CatalogueIndex, word: str, rows: Iterable[int]) -> list[int]:
    """Titles with the word anywhere, or spelled another way, or of that year.

    A short word of a script with spaces has to begin a word.
    """
    is_short = word.isascii() and len(word) < SHORTEST_INSIDE
    return _with(index, f" {word}" if is_short else word, word, rows)


def _with_word(index: CatalogueIndex, word: str, rows: Iterable[int]) -> list[int]:
    """Titles with a word that begins like this one, or spelled another way, or of that year."""
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


def _with_prefix(index: CatalogueIndex, word: str, rows: Iterable[int]) -> list[int]:
    """Titles with a word that begins like this one, or of that year.

    The same condition as `_with_prefixes` in movies/search/search.py, which is SQL.
    """
    keys, also, start = index.keys, _rows_of_year(index, word), f" {word}"
    return [row for row in rows if start in keys[row] or row in also]


def _rows_of_year(index: CatalogueIndex, word: str) -> set[int]:
    year = year_of(word)
    return set() if year is None else set(np.flatnonzero(index.years == year).tolist())


# A title that the query may stand for, and its year: "alien 1979" is both "alien 1979" of any year
# and "alien" of 1979.
_Form: TypeAlias = tuple[str, int | None]


def _forms(words: Sequence[str]) -> list[_Form]:
    forms: list[_Form] = [(_bare(words), None)]
    for place, word in enumerate(words):
        rest = [*words[:place], *words[place + 1 :]]
        if rest and (year := year_of(word)):
            forms.append((_bare(rest), year))
    return forms


def _bare(words: Iterable[str]) -> str:
    """Without articles and spaces, numbers as digits: equal for different spellings of a title."""
    kept = [DIGITS.get(word, word) for word in words if word not in ARTICLES]
    return "".join(kept or words)


def _titles(index: CatalogueIndex, row: int) -> list[str]:
    """Title and original title, as `_bare` writes them."""
    return [_bare(title.split()) for title in index.keys[row].split(" / ")]


def _tier(index: CatalogueIndex, row: int, words: Sequence[str], forms: Sequence[_Form]) -> int:
    titles, year, key = _titles(index, row), int(index.years[row]), index.keys[row]
    if any(bare in titles and of in (None, year) for bare, of in forms):
        return WHOLE
    inside = any(word in key and f" {word}" not in key and year_of(word) != year for word in words)
    return INSIDE if inside else WORDS


def _whole_titles(
    index: CatalogueIndex, rows: Iterable[int], words: Sequence[str], forms: Sequence[_Form]
) -> dict[int, int]:
    """The rows whose title is the query itself. Only titles that end like it are looked at."""
    keys, end = index.keys, f" {' '.join(words)} "
    ending = (
        row
        for row in rows
        if end in keys[row] and (keys[row].endswith(end) or f"{end}/ " in keys[row])
    )
    return {row: WHOLE for row in ending if _tier(index, row, words, forms) == WHOLE}


def _is_prefixed(index: CatalogueIndex, row: int, forms: Sequence[_Form]) -> bool:
    titles, year = _titles(index, row), int(index.years[row])
    return any(
        title.startswith(bare) and of in (None, year) for title in titles for bare, of in forms
    )


def _guesses(index: CatalogueIndex, words: Sequence[str]) -> dict[int, int]:
    """Similar titles with their tiers. A year counts as one more word, right or wrong."""
    scores = dict(index.trigrams.similar(" ".join(words), GUESSES))
    years = {year for word in words if (year := year_of(word))}
    rest = [word for word in words if year_of(word) is None]
    if years and rest:
        for row, score in index.trigrams.similar(" ".join(rest), GUESSES):
            if int(index.years[row]) in years:
                score = (len(rest) * score + BEST_SCORE) / (len(rest) + 1)
            else:
                score -= WRONG_YEAR
            scores[row] = max(score, scores.get(row, 0))
    return {
        row: GUESSED + round(TIERS_PER_POINT * (BEST_SCORE - score))
        for row, score in scores.items()
    }
