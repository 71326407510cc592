"""No two neighbours alike: a page remembers which posters it hung last."""

import math
from collections import deque
from collections.abc import Sequence

from movies.posters.drawn.motifs import MOTIFS
from movies.posters.drawn.palettes import Palette
from movies.posters.drawn.variants import Look

# How many columns a wall has only the browser knows. Among the last seven are the neighbour on
# the left and, with up to seven columns, the one above.
REMEMBERED = 7
NO_PALETTE = Palette("", "", "", "")


# Each motif by a number, for pages that go on where another ended.
_NUMBERED = tuple(dict.fromkeys(motif for motifs in MOTIFS.values() for motif in motifs))
_NUMBERS = {motif: number for number, motif in enumerate(_NUMBERED)}


class Wall:
    """The looks of the posters that hang before the next one."""

    __slots__ = ("_hung",)

    def __init__(self, last: str = "") -> None:
        """`last`: what `last` said of the wall that this one goes on from; nonsense is nothing."""
        self._hung: deque[Look] = deque(maxlen=REMEMBERED)
        for word in last.split("-", REMEMBERED)[:REMEMBERED]:
            if word.isascii() and word.isdigit() and len(word) < 4 and int(word) < len(_NUMBERED):
                self._hung.append(Look(_NUMBERED[int(word)], NO_PALETTE, 0))

    @property
    def last(self) -> str:
        """The motifs that hung last: "4-17-2"."""
        return "-".join(str(_NUMBERS[look.motif]) for look in self._hung)

    def hang(self, looks: Sequence[Look]) -> Look:
        """The first of the looks that no neighbour has; else the one seen longest ago.

        The same movies in the same order always hang alike.
        """
        near = {hung.motif: place for place, hung in enumerate(self._hung, start=1)}
        left = self._hung[-1].palette if self._hung else None
        chosen, least = looks[0], math.inf
        for look in looks:
            # The colours of the left one are a little alike.
            likeness = 2 * near.get(look.motif, 0) + (look.palette == left)
            if likeness < least:
                chosen, least = look, likeness
            if not likeness:
                break
        self._hung.append(chosen)
        return chosen
