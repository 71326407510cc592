"""Partition of the ratings into user blocks x item blocks, so that threads never share a row.

Stratum s of an epoch holds the blocks (t, (t + s) mod n): no two share a user or an item, so
they may run at the same time and the result does not depend on who runs first (Gemulla et al.,
KDD 2011). The cut depends on the data alone.
"""

from __future__ import annotations

from recommender.core.ratings import Ratings

# What a second-level cache holds beside the ratings that stream through it.
CACHE_BYTES = 900_000
MOST_BLOCKS = 32
# Enough for as many threads; small data are done before threads have started.
FEWEST_BLOCKS = ((250_000, 4), (2_000_000, 8))


def n_blocks(ratings: Ratings, width: int) -> int:
    """Blocks along each side, so that the users of one, rows of `width` floats, fit the cache."""
    fewest = max(
        (n for ratings_from, n in FEWEST_BLOCKS if len(ratings) >= ratings_from), default=1
    )
    return min(max(-(-ratings.n_users * width * 4 // CACHE_BYTES), fewest), MOST_BLOCKS)
