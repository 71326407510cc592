"""Made-up profiles as the literature has them, for benchmarks and tests (Mobasher et al., 2007).

Each fake rates `filler` of the items and one target, five stars. Average attack: the filler gets
what others gave each item; random attack: what others gave anything; bandwagon attack: as random,
and five stars for the best known items.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from recommender.core.ratings import Float64, Int64, Ratings

Attack = Literal["average", "random", "bandwagon"]
BEST_KNOWN = 3


def attacked(
    ratings: Ratings,
    attack: Attack,
    target: int,
    n_fakes: int,
    seed: int,
    *,
    filler: float = 0.05,
    whole_stars: bool = True,
) -> tuple[Ratings, Int64]:
    """The ratings with those of fakes, and the ids of these, which are above all others.

    target: row of the pushed item. The fakes rate in the hour after everybody else.
    """
    rng = np.random.default_rng(seed)
    first = int(ratings.user_ids.max()) + 1
    ids = np.arange(first, first + n_fakes, dtype=np.int64)
    profiles = [_profile(ratings, attack, target, filler, rng) for _ in ids]
    items = np.concatenate([rows for rows, _ in profiles])
    step = 1.0 if whole_stars else 0.5
    stars = np.clip(np.round(np.concatenate([s for _, s in profiles]) / step) * step, step, 5.0)
    users = np.repeat(ids, [rows.size for rows, _ in profiles])
    times = None
    if ratings.times is not None:
        after = ratings.times.max() + rng.random(users.size) * 3600.0
        times = np.append(ratings.times, after)
    together = Ratings.from_triples(
        np.append(ratings.user_ids[ratings.user_index], users),
        np.append(ratings.item_ids[ratings.item_index], ratings.item_ids[items]),
        np.append(ratings.stars, stars),
        times=times,
        catalogue=ratings.item_ids,
    )
    return together, ids


def weighted(
    ratings: Ratings, is_light: np.ndarray[tuple[int], np.dtype[np.bool_]], weight: float
) -> Ratings:
    """The same ratings, of which those of some users, (n_users,), weigh less."""
    return replace(
        ratings, weights=np.where(is_light[ratings.user_index], weight, 1.0).astype(np.float32)
    )


def _profile(
    ratings: Ratings, attack: Attack, target: int, filler: float, rng: np.random.Generator
) -> tuple[Int64, Float64]:
    """Rows of the rated items, and their stars before rounding."""
    stars = ratings.stars.astype(np.float64)
    counts = np.bincount(ratings.item_index, minlength=ratings.n_items)
    n_named = BEST_KNOWN if attack == "bandwagon" else 0
    pushed = np.append(np.argsort(-counts, kind="stable")[:n_named], target).astype(np.int64)
    rest = np.setdiff1d(np.arange(ratings.n_items), pushed)
    rows = rng.choice(rest, round(filler * ratings.n_items), replace=False)
    mean, spread = np.full(rows.size, stars.mean()), np.full(rows.size, stars.std())
    if attack == "average":
        sums, squares = (
            np.bincount(ratings.item_index, stars**power, minlength=ratings.n_items)
            for power in (1, 2)
        )
        n = np.maximum(counts, 1)
        known = counts[rows] > 0
        mean = np.where(known, (sums / n)[rows], mean)
        variance = np.maximum((squares / n)[rows] - mean**2, 0.0)
        spread = np.where(known, np.sqrt(variance), 0.0)
    drawn = rng.normal(mean, spread)
    return np.append(rows, pushed), np.append(drawn, np.full(pushed.size, 5.0))
