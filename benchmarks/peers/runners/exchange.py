"""Tasks and answers between a benchmark and a peer's environment, as files of arrays.

A runner is called as `runner.py SETTING TASK.npz ANSWER.npz [TASK.npz ANSWER.npz ...]`.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Task:
    """Ratings to learn from and pairs to predict; users and items are rows, from 0."""

    users: np.ndarray  # (n,) int32
    items: np.ndarray
    stars: np.ndarray  # (n,) float32
    times: np.ndarray  # (n,) seconds; most peers have no use for them
    test_users: np.ndarray  # (m,) int32
    test_items: np.ndarray
    n_users: int
    n_items: int
    wants_scores: bool


@dataclass(frozen=True)
class Answer:
    """What a peer predicts; `seconds` is its fit alone, after reading and building its data."""

    seconds: float
    predicted: np.ndarray | None = None  # (m,) stars, not clipped; None where it has no stars
    scores: np.ndarray | None = None  # (n_users, n_items), higher is better; None: not asked


def save_task(path: str, task: Task) -> None:
    np.savez(path, **vars(task))


def serve(settings: dict[str, Callable[[Task], Answer]]) -> None:
    """Answer the tasks named on the command line, each saved as soon as it is done."""
    setting, *files = sys.argv[1:]
    for source, target in zip(files[::2], files[1::2], strict=True):
        with np.load(source) as arrays:
            parts = dict(arrays)
        for name in ("n_users", "n_items", "wants_scores"):
            parts[name] = parts[name].item()
        answer = settings[setting](Task(**parts))
        saved = {"seconds": answer.seconds, "rss": peak_rss()}
        for name in ("predicted", "scores"):
            value = getattr(answer, name)
            if value is not None:
                saved[name] = np.asarray(value, np.float32)
        np.savez(target, **saved)


def peak_rss() -> float:
    """Peak resident memory of this process in MB."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (1e6 if sys.platform == "darwin" else 1e3)


def from_factors(
    task: Task,
    seconds: float,
    mean: float,
    user_bias: np.ndarray,
    item_bias: np.ndarray,
    user_factors: np.ndarray,
    item_factors: np.ndarray,
) -> Answer:
    """mean + biases + dot product, for the test pairs and, if requested, for all pairs.

    Rows a peer did not see are to be given as zeros.
    """
    u, i = task.test_users, task.test_items
    both = np.einsum("nd,nd->n", user_factors[u], item_factors[i])
    predicted = mean + user_bias[u] + item_bias[i] + both
    scores = None
    if task.wants_scores:
        scores = mean + user_bias[:, None] + item_bias[None, :] + user_factors @ item_factors.T
    return Answer(seconds, predicted, scores)


def spread(values: np.ndarray, rows: np.ndarray, size: int) -> np.ndarray:
    """Scatter a peer's values to `rows` of an array of `size`; zero elsewhere."""
    out = np.zeros((size, *values.shape[1:]), np.float64)
    out[rows] = values
    return out
