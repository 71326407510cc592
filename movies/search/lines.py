"""Many short texts as one, to find the words in all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from movies.search.splicing import Splice


@dataclass(frozen=True)
class TextLines:
    """Folded texts, one a line, with a space on either side."""

    text: bytes
    starts: np.ndarray  # (n,) int64, offset of each line

    @classmethod
    def of(cls, lines: Iterable[str]) -> TextLines:
        """`lines`: folded, with a space on either side."""
        text = "\n".join(lines).encode()
        ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
        return cls(text, np.append(0, ends + 1) if text else np.empty(0, np.int64))

    def spliced(self, splice: Splice, fresh: Sequence[str]) -> TextLines:
        """With other lines in the place of some."""
        text, starts = self.text + b"\n", np.append(self.starts, len(self.text) + 1)
        texts, sizes, new = [], [], iter(fresh)
        for run in splice.runs():
            if run is None:
                texts.append(next(new).encode() + b"\n")
                sizes.append(np.array([len(texts[-1])]))
            else:
                texts.append(text[starts[run[0]] : starts[run[1]]])
                sizes.append(np.diff(starts[run[0] : run[1] + 1]))
        if not texts:
            return TextLines(b"", np.empty(0, np.int64))
        ends = np.cumsum(np.concatenate(sizes))
        return TextLines(b"".join(texts)[:-1], np.append(0, ends[:-1]))

    def with_word(self, word: str) -> np.ndarray:
        """The lines that have this word, ascending."""
        return self._with(f" {word} ")

    def with_prefix(self, start: str) -> np.ndarray:
        """The lines that have a word beginning like this, ascending."""
        return self._with(f" {start}")

    def with_last_word(self, word: str) -> np.ndarray:
        """The lines that end in this word, ascending."""
        last = self._with(f" {word} \n")
        ends_like_it = self.text.endswith(f" {word} ".encode())
        return np.append(last, len(self.starts) - 1) if ends_like_it else last

    def line(self, place: int) -> str:
        start = int(self.starts[place])
        end = self.text.find(b"\n", start)
        return self.text[start : end if end >= 0 else None].decode()

    def _with(self, letters: str) -> np.ndarray:
        wanted, offsets = letters.encode(), []
        at = self.text.find(wanted)
        while at >= 0:
            offsets.append(at)
            at = self.text.find(wanted, at + 1)
        return np.unique(np.searchsorted(self.starts, offsets, side="right") - 1)
