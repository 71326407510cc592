"""The words of all descriptions in memory. Read when a search first asks for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from movies.models import Movie
from movies.search import index as catalogue_index
from movies.search.lines import TextLines
from movies.search.shared import Shared
from movies.titles import LETTERS

# The beginning says what a movie is about, and long texts would fill every web process.
LETTERS_READ = 600
AT_ONCE = 2_000

_ACCENT = re.compile("[\u0300-\u036f]")
_NOT_WORD = re.compile(r"[^\w\n]+|_+")
_LETTER = re.compile(f"[{''.join(map(chr, LETTERS))}]")


@dataclass(frozen=True)
class Descriptions:
    movie_ids: np.ndarray  # (d,) int64 ascending: movies with a description
    lines: TextLines  # (d,)


def build() -> Descriptions:
    movie_ids: list[int] = []
    lines = TextLines.of(_lines(movie_ids))
    return Descriptions(np.array(movie_ids, np.int64), lines)


def _lines(movie_ids: list[int]) -> Iterator[str]:
    """Folded descriptions; appends the ids of their movies."""
    rows = Movie.objects.exclude(description="").order_by("pk")
    texts: list[str] = []
    for pk, text in rows.values_list("pk", "description").iterator(chunk_size=AT_ONCE):
        movie_ids.append(pk)
        texts.append(text[:LETTERS_READ].replace("\n", " "))
        if len(texts) == AT_ONCE:
            yield from _folded(texts)
            texts.clear()
    yield from _folded(texts)


def _folded(texts: list[str]) -> list[str]:
    """As `movies.titles.fold` does, for many texts at once."""
    if not texts:
        return []
    whole = unicodedata.normalize("NFKD", "\n".join(texts))
    if not whole.isascii():
        whole = _ACCENT.sub("", whole)
    whole = _LETTER.sub(lambda found: LETTERS[ord(found[0])], whole.casefold())
    return [f" {line.strip()} " for line in _NOT_WORD.sub(" ", whole).split("\n")]


_shared = Shared(
    build,
    lambda: catalogue_index.seen_versions().descriptions,
    pause_per_build=20,
    longest_pause=60.0,
)
current = _shared.current
forget = _shared.forget
