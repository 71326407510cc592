"""Seeded synthetic ratings in the shapes of MovieLens sets.

Stars = 3.5 + user bias + item bias + <16 Gaussian factors> + noise, rounded to half stars.
Popularity falls as (rank + 1 % of the items)^-1.25, activity is log-normal. Such data
flatters a low-rank model with biases, because it is one: use it for speed, not for accuracy.
"""

from dataclasses import dataclass

import numpy as np

SHAPES = {
    "ml-100k": (943, 1_682, 100_000),
    "ml-1m": (6_040, 3_706, 1_000_209),
    "ml-5m": (40_000, 10_000, 5_000_000),
    "ml-10m": (69_878, 10_677, 10_000_054),
    "ml-25m": (162_541, 59_047, 25_000_095),
}
N_TRUE_FACTORS = 16
NOISE_SD = 0.75


@dataclass(frozen=True)
class Synthetic:
    """Parallel columns; a tenth of the rows is marked for testing."""

    users: np.ndarray
    items: np.ndarray
    stars: np.ndarray
    is_test: np.ndarray


def synthetic(shape: str, seed: int = 0) -> Synthetic:
    n_users, n_items, n = SHAPES[shape]
    rng = np.random.default_rng(seed)
    users, items = _pairs(n_users, n_items, n, rng)
    scale = np.sqrt(0.45 / np.sqrt(N_TRUE_FACTORS))
    p = (rng.standard_normal((n_users, N_TRUE_FACTORS)) * scale).astype(np.float32)
    q = (rng.standard_normal((n_items, N_TRUE_FACTORS)) * scale).astype(np.float32)
    user_bias = rng.standard_normal(n_users).astype(np.float32) * 0.42
    item_bias = rng.standard_normal(n_items).astype(np.float32) * 0.45
    stars = np.empty(n, np.float32)
    for start in range(0, n, 1_000_000):
        own = slice(start, start + 1_000_000)
        u, i = users[own], items[own]
        true = 3.5 + user_bias[u] + item_bias[i] + np.einsum("nd,nd->n", p[u], q[i])
        noisy = true + rng.standard_normal(u.size).astype(np.float32) * NOISE_SD
        stars[own] = np.clip(np.round(2 * noisy) / 2, 0.5, 5.0)
    return Synthetic(users, items, stars, rng.random(n) < 0.1)


def _pairs(
    n_users: int, n_items: int, n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """n distinct pairs, in random order."""
    popularity = (np.arange(n_items) + 0.01 * n_items) ** -1.25
    rng.shuffle(popularity)
    edges = np.cumsum(popularity / popularity.sum())
    activity = np.minimum(rng.lognormal(0.0, 1.2, n_users), 30.0)
    activity /= activity.sum()
    keys = np.empty(0, np.int64)
    while keys.size < n:
        counts = rng.multinomial(int(1.2 * (n - keys.size)) + 1000, activity)
        users = np.repeat(np.arange(n_users), counts)
        items = np.minimum(np.searchsorted(edges, rng.random(users.size)), n_items - 1)
        keys = np.unique(np.concatenate([keys, users * n_items + items]))
    keys = rng.permutation(keys)[:n]
    return (keys // n_items).astype(np.int32), (keys % n_items).astype(np.int32)
