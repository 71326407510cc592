"""How well a new user is served after their first few ratings.

Users left out of the fit give their first n ratings, in time order or at random, and are
predicted and ranked on everything after their first `tail`, beside biases alone and popularity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recommender.core.evaluation.metrics import ndcg, rmse
from recommender.core.evaluation.splits import in_time_order
from recommender.core.factors import ItemFactors
from recommender.core.fold_in import fold_in
from recommender.core.ranking import predicted_stars, score_items, top_n
from recommender.core.ratings import Float64, Int64, Ratings

# Pretend ratings behind a bias learned from a few: what biases alone would say.
BIAS_DAMPING = 10.0


@dataclass(frozen=True)
class ColdStartRow:
    """Figures after n given ratings."""

    n_given: int
    rmse: float
    rmse_bias_only: float
    ndcg: float
    ndcg_popularity: float
    n_people: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def cold_start(
    items: ItemFactors,
    unseen: Ratings,
    item_bias: Float64,
    *,
    given: Sequence[int] = (0, 1, 3, 5, 10, 20),
    tail: int = 20,
    in_order: bool = True,
    n: int = 10,
    relevant: float = 4.0,
    seed: int = 0,
) -> list[ColdStartRow]:
    """One row for each number of given ratings.

    unseen: ratings of users outside the fit, items in rows of `items`; item_bias: (n_items,)
    of the bias-only baseline on the fit's ratings. Users with at least 2 x tail ratings count.
    """
    people = list(_histories(unseen, tail, in_order, seed))
    rows = []
    for n_given in given:
        errors, lists = [], []
        for history in people:
            first, rest = unseen.take(history[:n_given]), unseen.take(history[tail:])
            user = fold_in(items, first.item_index, first.stars)
            alone = first.stars - items.global_mean - item_bias[first.item_index]
            bias = float(alone.sum()) / (n_given + BIAS_DAMPING)
            errors.append(
                (
                    predicted_stars(items, user, rest.item_index),
                    items.global_mean + bias + item_bias[rest.item_index],
                    rest.stars,
                )
            )
            wanted = rest.item_index[rest.stars >= relevant]
            lists.append(
                [
                    ndcg(top_n(scores, n, exclude=first.item_index), wanted, n)
                    for scores in (score_items(items, user), items.n_ratings.astype(np.float32))
                ]
            )
        ours, alone, stars = (np.concatenate(part) for part in zip(*errors, strict=True))
        mean = np.mean(lists, axis=0)
        rows.append(
            ColdStartRow(
                n_given,
                rmse(np.clip(ours, 0.5, 5.0), stars),
                rmse(np.clip(alone, 0.5, 5.0), stars),
                float(mean[0]),
                float(mean[1]),
                len(people),
            )
        )
    return rows


def _histories(unseen: Ratings, tail: int, in_order: bool, seed: int) -> Iterator[Int64]:
    rng = np.random.default_rng(seed)
    for rows in in_time_order(unseen):
        if rows.size >= 2 * tail:
            yield rows if in_order else rng.permutation(rows)
