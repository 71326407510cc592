"""Titles that come close to what was typed: an index of letter triples, one per process."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from django.db.models import Count, Max, Sum
from django.db.models.functions import Length

from movies.models import Movie

MOST = 12
# Letters alike, of two words or titles, from which on the one may be the other misspelt.
ALIKE = 0.75
# Share of the query's triples that a title must hold to be looked at more closely, and how many.
SHARED, CANDIDATES = 0.3, 60
# An edit that changes neither the number of titles nor their length is seen after this long.
OLDEST = 300.0
# Going through all titles to see whether they changed costs as much as the search.
LOOK_AGAIN = 5.0

Signature = tuple[int, int, int]


@dataclass(frozen=True)
class TitleIndex:
    """Which titles hold which letter triple: CSR arrays, sorted by triple."""

    signature: Signature
    built_at: float
    movie_ids: np.ndarray  # int64, one per title
    keys: list[str]
    triples: np.ndarray  # int64, sorted, distinct
    starts: np.ndarray  # int64, len(triples) + 1
    rows: np.ndarray  # int32, titles of each triple

    def near(self, phrase: str, n: int = MOST) -> list[int]:
        """Ids of at most `n` movies whose titles come close to the folded phrase, nearest first."""
        wanted = np.unique(_triples(phrase))
        shared = np.zeros(len(self.movie_ids), np.int32)
        places = np.searchsorted(self.triples, wanted)
        for place in places[self.triples[places] == wanted]:
            shared[self.rows[self.starts[place] : self.starts[place + 1]]] += 1
        candidates = np.flatnonzero(shared >= max(1, SHARED * len(wanted)))
        nearest = candidates[np.argsort(-shared[candidates], kind="stable")][:CANDIDATES]
        scored = [(_likeness(phrase, self.keys[row]), -row) for row in nearest.tolist()]
        best = sorted((pair for pair in scored if pair[0] >= ALIKE), reverse=True)[:n]
        return [int(self.movie_ids[-row]) for _, row in best]


def build(signature: Signature) -> TitleIndex:
    rows = list(Movie.objects.order_by("pk").values_list("pk", "title_key"))
    keys = [key for _, key in rows]
    per_title = [np.unique(_triples(key)) for key in keys]
    all_triples = np.concatenate([*per_title, np.empty(0, np.int64)])
    all_rows = np.repeat(np.arange(len(keys), dtype=np.int32), [len(one) for one in per_title])
    order = np.argsort(all_triples, kind="stable")
    triples, starts = np.unique(all_triples[order], return_index=True)
    return TitleIndex(
        signature=signature,
        built_at=time.monotonic(),
        movie_ids=np.array([pk for pk, _ in rows], np.int64),
        keys=keys,
        # A triple beyond all others, with nothing in it: a look-up never runs off the end.
        triples=np.append(triples, np.iinfo(np.int64).max),
        starts=np.concatenate([starts, [len(all_rows)] * 2]).astype(np.int64),
        rows=all_rows[order],
    )


def _triples(text: str) -> np.ndarray:
    """One number for every three letters in a row, with blanks around: 21 bits a letter."""
    letters = np.frombuffer(f"  {text} ".encode("utf-32-le"), np.uint32).astype(np.int64)
    return (letters[:-2] << 42) | (letters[1:-1] << 21) | letters[2:]


def _likeness(phrase: str, key: str) -> float:
    """0 to 1: how well each word of the phrase is met in the title, or the whole in one piece."""
    words, title_words = phrase.split(), key.replace("/", " ").split()
    met = sum(max(_alike(word, other) for other in title_words) for word in words) / len(words)
    whole = _alike(phrase.replace(" ", ""), key.partition(" / ")[0].replace(" ", ""))
    return max(met, whole)


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE / 2 else 0.0


class _Shared:
    """The index as of now: built on first use, built anew when the catalogue has changed."""

    def __init__(self) -> None:
        self._index: TitleIndex | None = None
        self._looked_at = float("-inf")
        self._building = threading.Lock()

    def forget(self) -> None:
        self._index, self._looked_at = None, float("-inf")

    def current(self) -> TitleIndex:
        with self._building:
            index, now = self._index, time.monotonic()
            if index is None or _is_old(index) or now - self._looked_at > LOOK_AGAIN:
                self._looked_at, signature = now, _signature()
                if index is None or _is_old(index) or index.signature != signature:
                    index = self._index = build(signature)
            return index


def _is_old(index: TitleIndex) -> bool:
    return time.monotonic() - index.built_at > OLDEST


def _signature() -> Signature:
    state = Movie.objects.aggregate(n=Count("pk"), last=Max("pk"), letters=Sum(Length("title_key")))
    return state["n"], state["last"] or 0, state["letters"] or 0


_shared = _Shared()
forget = _shared.forget


def near_titles(phrase: str) -> list[int]:
    """Ids of movies whose titles come close to the folded phrase, nearest first."""
    return _shared.current().near(phrase)
