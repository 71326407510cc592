"""Countries and languages of all movies, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MovieCodes:
    """Which movies have which codes. Few combinations occur, so each movie has a number of one."""

    codes: tuple[str, ...]  # sorted
    combinations: np.ndarray  # (n,) int32: the combination of each movie
    has: np.ndarray  # (combinations, codes) bool

    @classmethod
    def of(cls, texts: Sequence[str], write: Callable[[str], str]) -> MovieCodes:
        """`texts`: codes with spaces in between; `write` gives them their case."""
        numbers: dict[str, int] = {}
        combinations = np.fromiter(
            (numbers.setdefault(text, len(numbers)) for text in texts), np.int32, len(texts)
        )
        split = [write(text).split() for text in numbers]
        codes = tuple(sorted({code for some in split for code in some}))
        has = np.zeros((len(split), len(codes)), bool)
        for row, some in enumerate(split):
            has[row, [codes.index(code) for code in some]] = True
        return cls(codes, combinations, has)

    def of_code(self, code: str) -> np.ndarray:
        """(n,) bool: which movies have this code."""
        if code not in self.codes:
            return np.zeros(len(self.combinations), bool)
        return self.has[:, self.codes.index(code)][self.combinations]

    def counts(self, mask: np.ndarray) -> dict[str, int]:
        """How many of the movies in the mask have each code."""
        movies = np.bincount(self.combinations[mask], minlength=len(self.has))
        return dict(zip(self.codes, (movies @ self.has).tolist(), strict=True))
