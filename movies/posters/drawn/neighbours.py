"""Choosing variants so that neighbouring posters on a page do not look alike."""

import math
from collections import deque
from collections.abc import Sequence

from movies.posters.drawn.motifs import MOTIFS
from movies.posters.drawn.palettes import Palette
from movies.posters.drawn.variants import Variant

# Only the browser knows the number of columns. With up to seven of them, both the left neighbour
# and the one above are among the last seven posters.
REMEMBERED = 7
UNKNOWN_PALETTE = Palette("", "", "", "")

# Motifs are numbered so that the next page can be told which posters this one ended with.
_NUMBERED = tuple(dict.fromkeys(motif for motifs in MOTIFS.values() for motif in motifs))
_NUMBERS = {motif: number for number, motif in enumerate(_NUMBERED)}


class RecentPosters:
    """The last few posters of a page, which the next one should differ from."""

    __slots__ = ("_variants",)

    def __init__(self, motif_numbers: str = "") -> None:
        """motif_numbers: where the previous page ended, see there; anything invalid is ignored."""
        self._variants: deque[Variant] = deque(maxlen=REMEMBERED)
        for word in motif_numbers.split("-", REMEMBERED)[:REMEMBERED]:
            if word.isascii() and word.isdigit() and len(word) < 4 and int(word) < len(_NUMBERED):
                self._variants.append(Variant(_NUMBERED[int(word)], UNKNOWN_PALETTE, 0))

    @property
    def motif_numbers(self) -> str:
        """The motifs of the last posters, oldest first: "4-17-2"."""
        return "-".join(str(_NUMBERS[variant.motif]) for variant in self._variants)

    def choose(self, variants: Sequence[Variant]) -> Variant:
        """The first variant that no neighbour resembles, else the one seen longest ago.

        Deterministic: the same movies in the same order always get the same variants.
        """
        recency = {recent.motif: place for place, recent in enumerate(self._variants, start=1)}
        left_palette = self._variants[-1].palette if self._variants else None
        chosen, least = variants[0], math.inf
        for variant in variants:
            # Sharing colours with the left neighbour matters less than sharing any motif.
            likeness = 2 * recency.get(variant.motif, 0) + (variant.palette == left_palette)
            if likeness < least:
                chosen, least = variant, likeness
            if not likeness:
                break
        self._variants.append(chosen)
        return chosen
