"""Other spellings of the words of a title: joined with the next word, or as a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from movies.search.splicing import Splice

# Shorter words would match joined words by chance.
SHORTEST_JOINED = 3
# The search for joined words stops after so many occurrences of the letters.
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
# "ii" -> "2", "two" -> "2"
DIGITS = {word: words[0] for words in _NUMBERS for word in words}
# A single letter is rarely meant as a number: "x" does not match "Ten".
_SPELLINGS = {
    word: tuple(set(words) - {word})
    for words in _NUMBERS
    for word in words
    if len(word) > 1 or word.isdigit()
}


def spellings(word: str) -> tuple[str, ...]:
    """Other spellings of a word: "ii" and "two" for "2", "e t" for "et"."""
    if len(word) == 2 and word.isascii() and word.isalpha():
        return (*_SPELLINGS.get(word, ()), " ".join(word))
    return _SPELLINGS.get(word, ())


@dataclass(frozen=True)
class TitleWords:
    """All titles in one text without spaces, to find "starwars" in "Star Wars"."""

    text: str  # one line per title
    line_starts: np.ndarray  # (n,) int64
    word_starts: np.ndarray  # (letters + 1,) bool: a word or a line begins here

    @classmethod
    def of(cls, keys: Sequence[str]) -> TitleWords:
        """`keys`: folded titles with a space on either side."""
        letters = np.frombuffer("\n".join(keys).encode("utf-32-le"), np.uint32)
        is_space = letters == ord(" ")
        is_end = letters[~is_space] == ord("\n")
        # Rolling around is right: the text begins with a space.
        follows_space = np.roll(is_space, 1)[~is_space]
        return cls(
            text="\n".join(keys).replace(" ", ""),
            line_starts=np.append(0, np.flatnonzero(is_end) + 1),
            word_starts=np.append(follows_space | is_end, True),
        )

    def spliced(self, splice: Splice, fresh: Sequence[str]) -> TitleWords:
        """With other titles in the place of some; `fresh`: their keys, as for `of`."""
        text, starts = self.text + "\n", np.append(self.line_starts, len(self.text) + 1)
        texts, sizes, words, new = [], [], [], iter(fresh)
        for run in splice.runs():
            if run is None:
                line = TitleWords.of([next(new)])
                texts.append(line.text + "\n")
                sizes.append(np.array([len(texts[-1])]))
                words.append(line.word_starts)
            else:
                first, end = starts[run[0]], starts[run[1]]
                texts.append(text[first:end])
                sizes.append(np.diff(starts[run[0] : run[1] + 1]))
                words.append(self.word_starts[first:end])
        if not texts:
            return TitleWords.of([])
        ends = np.cumsum(np.concatenate(sizes))
        return TitleWords("".join(texts)[:-1], np.append(0, ends[:-1]), np.concatenate(words))

    def joined(self, word: str) -> set[int]:
        """Rows of titles in which some consecutive words, joined, are this word."""
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
