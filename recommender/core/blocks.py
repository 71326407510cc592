"""How ratings are cut so that threads never meet: a square of user blocks x item blocks.

Stratum s of an epoch holds the blocks (t, (t + s) mod n): no two share a user or an item, so
they may run at the same time and the result does not depend on who runs first (Gemulla et al.,
KDD 2011). The cut depends on the data alone.
"""

from __future__ import annotations

import numpy as np

RATINGS_PER_BLOCK_ROW = 250_000
MOST_BLOCKS = 20


def n_blocks(n_ratings: int) -> int:
    """Blocks along each side: one for small data, more where rows outgrow the cache."""
    return int(np.clip(n_ratings // RATINGS_PER_BLOCK_ROW, 1, MOST_BLOCKS))
