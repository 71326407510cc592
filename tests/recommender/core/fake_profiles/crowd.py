"""People with tastes: what a fit and the signals find in real ratings."""

import numpy as np

from recommender.core import Ratings


def crowd(n_users: int, n_items: int, seed: int, share: float = 0.2) -> Ratings:
    """Ratings by three tastes, of which popular items have most."""
    rng = np.random.default_rng(seed)
    likes = rng.normal(size=(n_users, 3)) @ rng.normal(size=(3, n_items)) / 3**0.5
    quality, generosity = rng.normal(size=n_items) * 0.5, rng.normal(size=(n_users, 1)) * 0.4
    chance = rng.permutation(np.geomspace(3.0 * share, 0.2 * share, n_items))
    users, items = np.nonzero(rng.random((n_users, n_items)) < chance)
    stars = 3.4 + (0.8 * likes + quality + generosity)[users, items]
    stars += rng.normal(size=stars.size) * 0.5
    return Ratings.from_triples(
        users + 1, items + 1, np.clip(np.round(stars * 2) / 2, 0.5, 5.0),
        times=rng.random(stars.size) * 1e7, catalogue=np.arange(1, n_items + 1),
    )  # fmt: skip
