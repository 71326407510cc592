"""Titles similar to what was typed, found by the letter trigrams they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from movies.search.splicing import Splice

# Similarity (0 to 1) of two words or titles from which on one may be a misspelling of the other.
SIMILAR = 0.75
# Share of the query's trigrams that a title must have to be compared in full, and how many are.
SHARED, CANDIDATES = 0.3, 60
# Added in proportion to the similarity of the title as a whole.
WHOLE_BONUS = 0.1
BEST_SCORE = 1 + WHOLE_BONUS


@dataclass(frozen=True)
class TitleTrigrams:
    """Which titles have which trigram: CSR arrays, sorted by trigram."""

    keys: Sequence[str]
    trigrams: np.ndarray  # int64, sorted, distinct; the last one is a sentinel
    starts: np.ndarray  # int64, len(trigrams) + 1
    rows: np.ndarray  # int32, titles of each trigram

    @classmethod
    def of(cls, keys: Sequence[str]) -> TitleTrigrams:
        """`keys`: folded titles with a space on either side."""
        trigrams, owners = _entries(keys)
        distinct, starts = np.unique(trigrams, return_index=True)
        return cls(
            keys=keys,
            # The sentinel is larger than any trigram, so searchsorted never runs off the end.
            trigrams=np.append(distinct, np.iinfo(np.int64).max),
            starts=np.concatenate([starts, [len(owners)] * 2]).astype(np.int64),
            rows=owners,
        )

    def spliced(self, splice: Splice, keys: Sequence[str]) -> TitleTrigrams:
        """With other titles in the place of some; `keys`: those of all titles."""
        rows, sizes = splice.target[self.rows], np.diff(self.starts)
        is_gone = rows < 0
        groups = np.searchsorted(self.starts, np.flatnonzero(is_gone), side="right") - 1
        np.subtract.at(sizes, groups, 1)
        rows = rows[~is_gone]
        added, owners = _entries([keys[row] for row in splice.fresh.tolist()])
        unknown = np.setdiff1d(added, self.trigrams)
        places = np.searchsorted(self.trigrams, unknown)
        trigrams, sizes = np.insert(self.trigrams, places, unknown), np.insert(sizes, places, 0)
        groups = np.searchsorted(trigrams, added)
        ends = np.cumsum(sizes)
        rows = np.insert(rows, ends[groups], splice.fresh[owners].astype(np.int32))
        np.add.at(sizes, groups, 1)
        kept = sizes > 0
        kept[-1] = True  # the sentinel
        starts = np.append(0, np.cumsum(sizes[kept]))
        return TitleTrigrams(keys, trigrams[kept], starts, rows)

    def similar(self, phrase: str, n: int, least: float = SIMILAR) -> list[tuple[int, float]]:
        """At most `n` titles similar to the folded phrase: row and score, best first.

        The score is up to BEST_SCORE; `least` is the lowest similarity, without the bonus.
        """
        wanted = np.unique(_trigrams(f"  {phrase} "))
        shared = np.zeros(len(self.keys), np.int32)
        positions = np.searchsorted(self.trigrams, wanted)
        for position in positions[self.trigrams[positions] == wanted]:
            shared[self.rows[self.starts[position] : self.starts[position + 1]]] += 1
        candidates = np.flatnonzero(shared >= max(1, SHARED * len(wanted)))
        nearest = candidates[np.argsort(-shared[candidates], kind="stable")][:CANDIDATES]
        compared = [(row, *_similarity(phrase, self.keys[row])) for row in nearest.tolist()]
        found = [
            (row, best + WHOLE_BONUS * whole) for row, best, whole in compared if best >= least
        ]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:n]


def _entries(keys: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The trigrams of each key, once, and the rows of the keys; sorted by trigram, then by row."""
    # A second space in front gives the first letters of a title more weight than the last.
    trigrams = _trigrams("".join(f" {key}" for key in keys))
    owners = np.repeat(np.arange(len(keys), dtype=np.int32), [len(key) + 1 for key in keys])
    within = owners[:-2] == owners[2:]
    trigrams, owners = trigrams[within], owners[:-2][within]
    order = np.argsort(trigrams, kind="stable")
    trigrams, owners = trigrams[order], owners[order]
    is_first = np.ones(len(trigrams), bool)
    is_first[1:] = (trigrams[1:] != trigrams[:-1]) | (owners[1:] != owners[:-1])
    return trigrams[is_first], owners[is_first]


def _trigrams(text: str) -> np.ndarray:
    """One number for every three letters in a row, 21 bits a letter."""
    letters = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)
    return (letters[:-2] << 42) | (letters[1:-1] << 21) | letters[2:]


def _similarity(phrase: str, key: str) -> tuple[float, float]:
    """0 to 1: the better of word by word and as a whole; and the latter alone."""
    words, title_words = phrase.split(), key.replace("/", " ").split()
    by_word = sum(max(_ratio(word, other) for other in title_words) for word in words) / len(words)
    titles = [title.replace(" ", "") for title in key.split(" / ")]
    whole = max(_ratio(phrase.replace(" ", ""), title) for title in titles)
    return max(by_word, whole), whole


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= SIMILAR / 2 else 0.0
