from collections.abc import Callable

from movies.posters.genres import NONE, RAREST_FIRST
from movies.posters.motifs import thriller
from movies.posters.pen import Pen

Motif = Callable[[Pen], str]

MOTIFS: dict[str, tuple[Motif, ...]] = dict.fromkeys((*RAREST_FIRST, NONE), thriller.MOTIFS)
READ_ONE_WAY: frozenset[Motif] = frozenset()
