"""Measures of predicted stars and of lists, with what makes them honest.

Stars: RMSE and MAE with 95 % intervals over people (one person's errors are not independent).
Lists: every item the person has not rated is ranked, none sampled; an item counts as relevant
when the held-out rating is at least `relevant` stars. Coverage and popularity stand beside NDCG,
because held-out ratings reward popular lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .ranking import top_n
from .ratings import Float32, Float64, Int64, Ratings

Scorer = Callable[[Int64], Float32]  # rows of users (b,) -> scores of all items (b, n_items)

_PEOPLE_AT_ONCE = 256
_Z_95 = 1.96


@dataclass(frozen=True)
class StarsReport:
    """Errors of predicted stars; the intervals hold 95 % over people."""

    rmse: float
    rmse_low: float
    rmse_high: float
    mae: float
    mae_low: float
    mae_high: float
    n_ratings: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class ListReport:
    """Quality of the lists, means over the people with at least one relevant held-out rating."""

    ndcg: float  # at n
    ndcg_low: float
    ndcg_high: float
    recall: float  # at recall_n, out of min(recall_n, relevant)
    hit_rate: float  # at n
    coverage: int  # distinct items in all top n
    median_popularity: float  # training ratings of the listed items
    mean_popularity: float
    n_people: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def rmse(predicted: Any, stars: Any) -> float:
    """sqrt(mean (predicted - stars)^2)"""
    difference = np.asarray(predicted, np.float64) - np.asarray(stars, np.float64)
    return float(np.sqrt(np.mean(difference**2)))


def mae(predicted: Any, stars: Any) -> float:
    """mean |predicted - stars|"""
    return float(np.mean(np.abs(np.asarray(predicted, np.float64) - np.asarray(stars, np.float64))))


def stars_report(
    predicted: Any, stars: Any, people: Any, lowest: float = 0.5, highest: float = 5.0
) -> StarsReport:
    """Errors after clipping to the scale; `people` says whose rating each one is."""
    difference = np.clip(np.asarray(predicted, np.float64), lowest, highest)
    difference = difference - np.asarray(stars, np.float64)
    square, half_square = _mean_by_people(difference**2, people)
    absolute, half_absolute = _mean_by_people(np.abs(difference), people)
    return StarsReport(
        rmse=float(np.sqrt(square)),
        rmse_low=float(np.sqrt(max(square - half_square, 0.0))),
        rmse_high=float(np.sqrt(square + half_square)),
        mae=absolute,
        mae_low=absolute - half_absolute,
        mae_high=absolute + half_absolute,
        n_ratings=int(difference.size),
    )


def ndcg(ranked: Any, relevant: Any, n: int) -> float:
    """DCG of the first n of `ranked` over that of a perfect list; relevance is yes or no.

    DCG = sum over hits of 1 / log2(place + 1), place from 1 (Jarvelin & Kekalainen 2002).
    """
    wanted = np.asarray(relevant)
    if not wanted.size:
        return 0.0
    discounts = 1.0 / np.log2(np.arange(2, n + 2))
    hits = np.isin(np.asarray(ranked)[:n], wanted)
    return float(hits @ discounts[: hits.size] / discounts[: min(n, wanted.size)].sum())


def recall(ranked: Any, relevant: Any, n: int) -> float:
    """Share of the relevant items among the first n, out of as many as n places can hold."""
    wanted = np.asarray(relevant)
    if not wanted.size:
        return 0.0
    found = np.isin(np.asarray(ranked)[:n], wanted).sum()
    return float(found / min(n, wanted.size))


def hit_rate(ranked: Any, relevant: Any, n: int) -> float:
    """1 if any of the first n is relevant, else 0."""
    return float(np.isin(np.asarray(ranked)[:n], np.asarray(relevant)).any())


def list_report(
    train: Ratings,
    held_out: Ratings,
    scorer: Scorer,
    *,
    n: int = 10,
    recall_n: int = 20,
    relevant: float = 4.0,
) -> ListReport:
    """Rank all items each person has not rated in `train` and look for the held-out ones.

    Both share vocabularies.
    """
    wanted = held_out.take(held_out.stars >= relevant)
    popularity = np.bincount(train.item_index, minlength=train.n_items)
    rows, shown = [], []
    for ranked, relevant_items in _ranked_lists(train, wanted, scorer, max(n, recall_n)):
        rows.append(
            (
                ndcg(ranked, relevant_items, n),
                recall(ranked, relevant_items, recall_n),
                hit_rate(ranked, relevant_items, n),
            )
        )
        shown.append(ranked[:n])
    if not rows:
        return ListReport(0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0)
    table, items = np.array(rows), np.concatenate(shown)
    mean = table.mean(axis=0)
    half = _Z_95 * float(table[:, 0].std()) / np.sqrt(len(rows))
    return ListReport(
        ndcg=float(mean[0]),
        ndcg_low=float(mean[0] - half),
        ndcg_high=float(mean[0] + half),
        recall=float(mean[1]),
        hit_rate=float(mean[2]),
        coverage=int(np.unique(items).size),
        median_popularity=float(np.median(popularity[items])),
        mean_popularity=float(np.mean(popularity[items])),
        n_people=len(rows),
    )


def list_overlap(first: list[Int64], second: list[Int64]) -> float:
    """Mean share of items two sets of lists have in common."""
    shares = [
        np.intersect1d(a, b).size / max(len(a), len(b), 1)
        for a, b in zip(first, second, strict=True)
    ]
    return float(np.mean(shares))


def rows_by_person(ratings: Ratings) -> list[Int64]:
    """For each person the rows of their ratings."""
    order = np.argsort(ratings.user_index, kind="stable").astype(np.int64)
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    return np.split(order, np.cumsum(counts)[:-1])


def _ranked_lists(
    train: Ratings, wanted: Ratings, scorer: Scorer, n: int
) -> Iterator[tuple[Int64, Int64]]:
    rated, relevant = rows_by_person(train), rows_by_person(wanted)
    people = np.array([u for u, rows in enumerate(relevant) if rows.size], np.int64)
    for start in range(0, people.size, _PEOPLE_AT_ONCE):
        some = people[start : start + _PEOPLE_AT_ONCE]
        for u, scores in zip(some.tolist(), scorer(some), strict=True):
            ranked = top_n(scores, n, exclude=train.item_index[rated[u]])
            yield ranked, wanted.item_index[relevant[u]]


def _mean_by_people(values: Float64, people: Any) -> tuple[float, float]:
    """Mean of values and half its 95 % interval, people drawn as a whole (ratio estimator)."""
    mean = float(values.mean())
    _, group = np.unique(np.asarray(people), return_inverse=True)
    sums = np.bincount(group, values - mean)
    return mean, float(_Z_95 * np.sqrt(np.sum(sums**2)) / values.size)
