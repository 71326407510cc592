"""Fit again and again, as the worker does, until ended: for benchmarks/scale_serving.py.

    python benchmarks/web/fits.py SHAPE

Prints a line when the first fit has begun.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from synthetic import synthetic  # noqa: E402

from recommender.core import Ratings, fit  # noqa: E402


def main() -> None:
    made = synthetic(sys.argv[1])
    ratings = Ratings.from_triples(made.users, made.items, made.stars)
    del made
    os.nice(10)  # as recommender.tasks
    begun = False

    def on_epoch(_epoch: object) -> None:
        nonlocal begun
        if not begun:
            print("fits", flush=True)
        begun = True

    while True:
        fit(ratings, on_epoch=on_epoch)


if __name__ == "__main__":
    main()
