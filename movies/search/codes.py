"""Countries and languages of all movies, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from movies.search.splicing import Splice


@dataclass(frozen=True)
class MovieCodes:
    """Which movies have which codes. Few combinations occur, so each movie has a number of one."""

    texts: tuple[str, ...]  # of each combination: codes with spaces in between
    combinations: np.ndarray  # (n,) int32: the combination of each movie
    write: Callable[[str], str]  # gives codes their case
    codes: tuple[str, ...]  # sorted
    has: np.ndarray  # (combinations, codes) bool

    @classmethod
    def of(cls, texts: Sequence[str], write: Callable[[str], str]) -> MovieCodes:
        """`texts`: the codes of each movie, with spaces in between."""
        numbers: dict[str, int] = {}
        combinations = np.fromiter(
            (numbers.setdefault(text, len(numbers)) for text in texts), np.int32, len(texts)
        )
        return cls._of_combinations(tuple(numbers), combinations, write)

    @classmethod
    def _of_combinations(
        cls, texts: tuple[str, ...], combinations: np.ndarray, write: Callable[[str], str]
    ) -> MovieCodes:
        split = [write(text).split() for text in texts]
        codes = tuple(sorted({code for some in split for code in some}))
        column = {code: place for place, code in enumerate(codes)}
        has = np.zeros((len(split), len(codes)), bool)
        for row, some in enumerate(split):
            has[row, [column[code] for code in some]] = True
        return cls(texts, combinations, write, codes, has)

    def spliced(self, splice: Splice, fresh: Sequence[str]) -> MovieCodes:
        """With other movies in the place of some; `fresh`: their texts."""
        numbers = {text: number for number, text in enumerate(self.texts)}
        new = [numbers.setdefault(text, len(numbers)) for text in fresh]
        combinations = splice.array(self.combinations, np.array(new, np.int32))
        in_use = np.bincount(combinations, minlength=len(numbers)) > 0
        if in_use.all() and len(numbers) == len(self.texts):
            return replace(self, combinations=combinations)
        number = np.cumsum(in_use, dtype=np.int32) - 1
        texts = tuple(text for text, is_used in zip(numbers, in_use, strict=True) if is_used)
        return self._of_combinations(texts, number[combinations], self.write)

    def of_code(self, code: str) -> np.ndarray:
        """(n,) bool: which movies have this code."""
        if code not in self.codes:
            return np.zeros(len(self.combinations), bool)
        return self.has[:, self.codes.index(code)][self.combinations]

    def counts(self, mask: np.ndarray) -> dict[str, int]:
        """How many of the movies in the mask have each code."""
        movies = np.bincount(self.combinations[mask], minlength=len(self.has))
        return dict(zip(self.codes, (movies @ self.has).tolist(), strict=True))
