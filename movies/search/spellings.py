"""What else a word of a title may be written like: in one piece with the next, or as a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

# Shorter ones are found in one piece with their neighbours by mere chance.
SHORTEST_JOINED = 3
# How often a word may occur inside others before one stops looking for it across two.
MOST_OCCURRENCES = 5_000

_NUMBERS = (
    ("2", "ii", "two"),
    ("3", "iii", "three"),
    ("4", "iv", "four"),
    ("5", "v", "five"),
    ("6", "vi", "six"),
    ("7", "vii", "seven"),
    ("8", "viii", "eight"),
    ("9", "ix", "nine"),
    ("10", "x", "ten"),
    ("11", "xi", "eleven"),
    ("12", "xii", "twelve"),
    ("13", "xiii", "thirteen"),
)
# "ii" -> "2": what all ways to write a number have in common.
DIGITS = {word: words[0] for words in _NUMBERS for word in words}
# One letter is more often one than a number: "x" does not ask for "Ten".
_SPELLINGS = {
    word: tuple(set(words) - {word})
    for words in _NUMBERS
    for word in words
    if len(word) > 1 or word.isdigit()
}


def spellings(word: str) -> tuple[str, ...]:
    """Whole words of a title that mean this one: "ii" for "2", "e t" for "et"."""
    if len(word) == 2 and word.isascii() and word.isalpha():
        return (*_SPELLINGS.get(word, ()), " ".join(word))
    return _SPELLINGS.get(word, ())


@dataclass(frozen=True)
class TitleWords:
    """All titles in one text without blanks, to find words across the blanks in it."""

    text: str  # a line for each title
    line_starts: np.ndarray  # (n,) int64
    word_starts: np.ndarray  # (letters + 1,) bool: a word or a line begins here

    @classmethod
    def of(cls, keys: Sequence[str]) -> TitleWords:
        """`keys`: folded titles with a blank on either side."""
        letters = np.frombuffer("\n".join(keys).encode("utf-32-le"), np.uint32)
        is_blank = letters == ord(" ")
        is_end = letters[~is_blank] == ord("\n")
        # A title begins with a blank, so the first letter of the text follows one as well.
        follows_blank = np.roll(is_blank, 1)[~is_blank]
        return cls(
            text="\n".join(keys).replace(" ", ""),
            line_starts=np.append(0, np.flatnonzero(is_end) + 1),
            # What follows a blank begins a word, and the end of a line ends one.
            word_starts=np.append(follows_blank | is_end, True),
        )

    def joined(self, word: str) -> set[int]:
        """Rows of titles in which whole words, without the blanks between them, are this word."""
        if len(word) < SHORTEST_JOINED:
            return set()
        starts = [
            start
            for start in islice(_occurrences(self.text, word), MOST_OCCURRENCES)
            if self.word_starts[start] and self.word_starts[start + len(word)]
        ]
        return set((np.searchsorted(self.line_starts, starts, side="right") - 1).tolist())


def _occurrences(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)
