"""Biased SGD over parts of users and blocks of items, in plain numpy: a small plan for engines.

Slow tasks, or tasks that end their process, are made by what the driver puts into `hook`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from recommender.core.fitting.engines import Engine, Handle

WIDTH = 8
RATE = 0.02
Hook = Callable[[int], None]


def make_part(_workers: Any, part: int, n_users: int, n_items: int, n_parts: int) -> tuple:
    """The ratings of a part, for each block of items: users, items of the block, stars."""
    rng = np.random.default_rng(part)
    users = np.repeat(np.arange(n_users), 5)
    items = rng.integers(0, n_items, users.size)
    stars = rng.integers(1, 11, users.size) / 2
    return tuple(
        (users[own], items[own] // n_parts, stars[own])
        for own in (items % n_parts == b for b in range(n_parts))
    )


def make_rows(_workers: Any, seed: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, WIDTH)) * 0.1


def steps(
    _workers: Any, ratings: tuple, block: int, users: np.ndarray, items: np.ndarray, hook: Hook
) -> tuple[np.ndarray, np.ndarray, float]:
    """One pass over one block: new rows of users and items, and the sum of e^2."""
    hook(block)
    users, items, total = users.copy(), items.copy(), 0.0
    for u, i, stars in zip(*ratings[block], strict=True):
        error = stars - 2.75 - users[u] @ items[i]
        total += error * error
        users[u], items[i] = users[u] + RATE * error * items[i], items[i] + RATE * error * users[u]
    return users, items, total


def nothing(_block: int) -> None:
    pass


def toy_fit(
    engine: Engine,
    n_parts: int = 4,
    n_epochs: int = 2,
    hook: Hook = nothing,
    on_epoch: Callable[[int], None] = nothing,
    size: tuple[int, int] = (20, 40),
) -> str:
    """A hash of the factors and the errors after these epochs."""
    numbers = range(n_parts)
    n_users, n_items = size
    fixed = [[n] * n_parts for n in (n_users, n_items, n_parts)]
    parts = engine.map(make_part, numbers, *fixed)
    users = engine.map(make_rows, [100 + t for t in numbers], fixed[0])
    items = engine.map(make_rows, [200 + t for t in numbers], [-(-n_items // n_parts)] * n_parts)
    errors = []
    for epoch in range(n_epochs):
        sums: list[Handle] = []
        for shift in numbers:
            blocks = [(t + shift) % n_parts for t in numbers]
            visiting = [items[b] for b in blocks]
            done = engine.map(steps, parts, blocks, users, visiting, [hook] * n_parts)
            users, visited, own = engine.split(done, 3)
            for block, rows in zip(blocks, visited, strict=True):
                items[block] = rows
            sums.append(engine.sum(own))
        errors += engine.get(sums)
        kept = engine.checkpoint([*users, *items])
        users, items = kept[:n_parts], kept[n_parts:]
        on_epoch(epoch)
    return digest([*engine.get(users), *engine.get(items), np.array(errors)])


def digest(arrays: Sequence[np.ndarray]) -> str:
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
