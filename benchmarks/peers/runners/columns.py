"""Reading generated ratings and printing results, for the speed runners."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from exchange import peak_rss

MILLION = 1_000_000


def read(folder: str, part: str, limit: int | None = None) -> tuple[np.ndarray, ...]:
    """Users, items and stars of the part "train" or "test"; of the first `limit` rows only."""
    return tuple(
        np.load(Path(folder) / f"{part}_{name}.npy", mmap_mode="r")[:limit].copy()
        for name in ("users", "items", "stars")
    )


def arguments() -> dict[str, Any]:
    """The benchmark's request, one JSON object on the command line."""
    return json.loads(sys.argv[1])


def tell(**figures: Any) -> None:
    """Print the runner's answer as the last line of its output."""
    print(json.dumps({"rss": peak_rss(), **figures}))


def clock() -> np.ndarray:
    """(2,) wall-clock and processor seconds of this process, all threads.

    Where others use the machine too, only the second is ours.
    """
    return np.array([time.perf_counter(), time.process_time()])


def rates(updates: float, spent: np.ndarray) -> dict[str, float]:
    """Updates per wall-clock second and per processor second, from differences of `clock`."""
    return {"updates": updates / spent[0], "per_core": updates / spent[1]}


def rmse(predicted: np.ndarray, stars: np.ndarray) -> float:
    """RMSE after clipping to the scale."""
    difference = np.clip(predicted.astype(np.float64), 0.5, 5.0) - stars
    return float(np.sqrt(np.mean(difference**2)))


def dot(user_rows: np.ndarray, item_rows: np.ndarray, u: np.ndarray, i: np.ndarray) -> np.ndarray:
    """Row-wise dot products, a million pairs at a time."""
    parts = [
        np.einsum("nd,nd->n", user_rows[u[k : k + MILLION]], item_rows[i[k : k + MILLION]])
        for k in range(0, u.size, MILLION)
    ]
    return np.concatenate(parts)
