"""Learning factors from ratings. The only part that imports numba."""
