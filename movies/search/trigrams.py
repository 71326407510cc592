"""Titles that come close to what was typed: which title holds which letter triples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

# Letters alike, of two words or titles, from which on the one may be the other misspelt.
ALIKE = 0.75
# Share of the query's triples that a title must hold to be looked at more closely, and how many.
SHARED, CANDIDATES = 0.3, 60
WHOLE = 0.1
CLOSEST = 1 + WHOLE


@dataclass(frozen=True)
class TitleTriples:
    """CSR arrays, sorted by triple."""

    keys: Sequence[str]
    triples: np.ndarray  # int64, sorted, distinct; the last one beyond all others
    starts: np.ndarray  # int64, len(triples) + 1
    rows: np.ndarray  # int32, titles of each triple

    @classmethod
    def of(cls, keys: Sequence[str]) -> TitleTriples:
        """`keys`: folded titles with a blank on either side."""
        # One more blank in front of each: a title's first letter counts for more than its last.
        triples = _triples("".join(f" {key}" for key in keys))
        owners = np.repeat(np.arange(len(keys), dtype=np.int32), [len(key) + 1 for key in keys])
        within = owners[:-2] == owners[2:]
        triples, owners = triples[within], owners[:-2][within]
        order = np.argsort(triples, kind="stable")
        triples, owners = triples[order], owners[order]
        once = np.ones(len(triples), bool)
        once[1:] = (triples[1:] != triples[:-1]) | (owners[1:] != owners[:-1])
        triples, owners = triples[once], owners[once]
        distinct, starts = np.unique(triples, return_index=True)
        return cls(
            keys=keys,
            # A triple beyond all others, with nothing in it: a look-up never runs off the end.
            triples=np.append(distinct, np.iinfo(np.int64).max),
            starts=np.concatenate([starts, [len(owners)] * 2]).astype(np.int64),
            rows=owners,
        )

    def near(self, phrase: str, n: int, alike: float = ALIKE) -> list[tuple[int, float]]:
        """At most `n` titles close to the folded phrase: row and closeness, closest first.

        Of titles that meet the words alike, one that is alike as a whole comes a little closer.
        """
        wanted = np.unique(_triples(f"  {phrase} "))
        shared = np.zeros(len(self.keys), np.int32)
        places = np.searchsorted(self.triples, wanted)
        for place in places[self.triples[places] == wanted]:
            shared[self.rows[self.starts[place] : self.starts[place + 1]]] += 1
        candidates = np.flatnonzero(shared >= max(1, SHARED * len(wanted)))
        nearest = candidates[np.argsort(-shared[candidates], kind="stable")][:CANDIDATES]
        scored = [(row, *_likeness(phrase, self.keys[row])) for row in nearest.tolist()]
        found = [(row, best + WHOLE * whole) for row, best, whole in scored if best >= alike]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:n]


def _triples(text: str) -> np.ndarray:
    """One number for every three letters in a row: 21 bits a letter."""
    letters = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)
    return (letters[:-2] << 42) | (letters[1:-1] << 21) | letters[2:]


def _likeness(phrase: str, key: str) -> tuple[float, float]:
    """0 to 1: how well the words are met in the title, or it as a whole; and the latter alone."""
    words, title_words = phrase.split(), key.replace("/", " ").split()
    met = sum(max(_alike(word, other) for other in title_words) for word in words) / len(words)
    parts = [part.replace(" ", "") for part in key.split(" / ")]
    whole = max(_alike(phrase.replace(" ", ""), part) for part in parts)
    return max(met, whole), whole


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE / 2 else 0.0
