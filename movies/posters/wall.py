"""No two neighbours alike: a page remembers which posters it hung last."""

import math
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
