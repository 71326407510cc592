"""No two neighbours alike: a page remembers which posters it hung last."""

from collections import deque
from collections.abc import Sequence

from movies.posters.looks import Look

# How many columns a wall has only the browser knows. Among the last seven are the neighbour on
# the left and, with up to seven columns, the one above.
REMEMBERED = 7


class Wall:
    """The looks of the posters that hang before the next one."""

    __slots__ = ("_hung",)

    def __init__(self) -> None:
        self._hung: deque[Look] = deque(maxlen=REMEMBERED)

    def hang(self, looks: Sequence[Look]) -> Look:
        """The first of the looks that no neighbour has; else the one seen longest ago.

        The same movies in the same order always hang alike.
        """
        chosen = min(looks, key=self._likeness)
        self._hung.append(chosen)
        return chosen

    def _likeness(self, look: Look) -> int:
        """0 where it resembles nothing near; the colours of the left one are a little."""
        places = enumerate(self._hung, start=1)
        nearest = max((place for place, hung in places if hung.motif is look.motif), default=0)
        same_colours = bool(self._hung) and self._hung[-1].palette == look.palette
        return 2 * nearest + same_colours
