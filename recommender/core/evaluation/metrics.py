"""Measures of predicted stars and of lists, with what makes them honest.

Stars: RMSE and MAE with 95 % intervals over users (one user's errors are not independent).
Lists: every item the user has not rated is ranked, none sampled; an item counts as relevant
when the held-out rating is at least `relevant` stars. Coverage and popularity stand beside NDCG,
because held-out ratings reward popular lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recommender.core.evaluation.availability import Availability
from recommender.core.ranking import top_n
from recommender.core.ratings import Float32, Float64, Int64, Ratings

Scorer = Callable[[Int64], Float32]  # rows of users (b,) -> scores of all items (b, n_items)

_PEOPLE_AT_ONCE = 256
_Z_95 = 1.96


@dataclass(frozen=True)
class StarsReport:
    """Errors of predicted stars; the intervals hold 95 % over users."""

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
    """Quality of the lists, means over the users with at least one relevant held-out rating."""

    ndcg: float  # at n
    ndcg_low: float
    ndcg_high: float
    recall: float  # at recall_n, out of min(recall_n, relevant)
    hit_rate: float  # at n
    coverage: int  # distinct items in all top n
    median_popularity: float  # training ratings of the listed items
    mean_popularity: float
    n_people: int
    too_early: int | None = None  # listed before anybody had rated them; None: not counted

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def rmse(predicted: Any, stars: Any) -> float:
    """sqrt(mean (predicted - stars)^2)"""
    difference = np.asarray(predicted, np.float64) - np.asarray(stars, np.float64)
    return float(np.sqrt(np.mean(difference**2)))


def mae(predicted: Any, stars: Any) -> float:
    """mean |predicted - stars|"""
    return float(np.mean(np.abs(np.asarray(predicted, np.float64) - np.asarray(stars, np.float64))))


@dataclass(frozen=True)
class StarErrors:
    """Predicted minus given stars, rating by rating: what reports and comparisons are made of."""

    error: Float64  # (n,)
    people: Int64  # (n,) whose rating each one is

    @classmethod
    def of(
        cls, predicted: Any, stars: Any, people: Any, lowest: float = 0.5, highest: float = 5.0
    ) -> StarErrors:
        clipped = np.clip(np.asarray(predicted, np.float64), lowest, highest)
        return cls(clipped - np.asarray(stars, np.float64), np.asarray(people, np.int64))

    @classmethod
    def pooled(cls, parts: Sequence[StarErrors]) -> StarErrors:
        """The errors of several folds as one."""
        return cls(
            np.concatenate([part.error for part in parts]),
            np.concatenate([part.people for part in parts]),
        )

    def report(self) -> StarsReport:
        square, half_square = mean_over_people(self.error**2, self.people)
        absolute, half_absolute = mean_over_people(np.abs(self.error), self.people)
        return StarsReport(
            rmse=float(np.sqrt(square)),
            rmse_low=float(np.sqrt(max(square - half_square, 0.0))),
            rmse_high=float(np.sqrt(square + half_square)),
            mae=absolute,
            mae_low=absolute - half_absolute,
            mae_high=absolute + half_absolute,
            n_ratings=int(self.error.size),
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
    """Rank all items each user has not rated in `train` and look for the held-out ones.

    Both share vocabularies.
    """
    figures = ListFigures.measure(
        train, held_out, scorer, n=n, recall_n=recall_n, relevant=relevant
    )
    return figures.report()


@dataclass(frozen=True)
class ListFigures:
    """How good each user's list is: what reports and comparisons are made of."""

    people: Int64  # (b,)
    ndcg: Float64  # (b,)
    recall: Float64  # (b,)
    hit: Float64  # (b,)
    popularity: Float64  # (m,) training ratings of every listed item
    coverage: float  # distinct items listed; the mean of several folds
    too_early: int | None = None  # listed items that nobody had rated before

    @classmethod
    def measure(
        cls,
        train: Ratings,
        held_out: Ratings,
        scorer: Scorer,
        *,
        n: int = 10,
        recall_n: int = 20,
        relevant: float = 4.0,
        popularity: Any = None,
        availability: Availability | None = None,
    ) -> ListFigures:
        """See `list_report`.

        popularity: (n_items,) where it is not that of `train`. availability: what a list may show,
        where the ratings are split by time.
        """
        wanted = held_out.take(held_out.stars >= relevant)
        if popularity is None:
            popularity = np.bincount(train.item_index, minlength=train.n_items)
        people, rows, shown = [], [], [np.empty(0, np.int64)]
        too_early = None if availability is None else 0
        ranking = _ranked_lists(train, wanted, scorer, max(n, recall_n), availability)
        for user, ranked, items in ranking:
            people.append(user)
            if availability is not None and too_early is not None:
                too_early += availability.n_too_early(user, ranked[:n])
            found = recall(ranked, items, recall_n)
            rows.append((ndcg(ranked, items, n), found, hit_rate(ranked, items, n)))
            shown.append(ranked[:n])
        table, listed = np.array(rows, np.float64).reshape(-1, 3), np.concatenate(shown)
        return cls(
            people=np.array(people, np.int64),
            ndcg=table[:, 0],
            recall=table[:, 1],
            hit=table[:, 2],
            popularity=np.asarray(popularity, np.float64)[listed],
            coverage=float(np.unique(listed).size),
            too_early=too_early,
        )

    @classmethod
    def pooled(cls, parts: Sequence[ListFigures]) -> ListFigures:
        """The lists of several folds as one."""
        counted = [part.too_early for part in parts]
        return cls(
            people=np.concatenate([part.people for part in parts]),
            ndcg=np.concatenate([part.ndcg for part in parts]),
            recall=np.concatenate([part.recall for part in parts]),
            hit=np.concatenate([part.hit for part in parts]),
            popularity=np.concatenate([part.popularity for part in parts]),
            coverage=float(np.mean([part.coverage for part in parts])),
            too_early=None if None in counted else sum(filter(None, counted)),
        )

    def report(self) -> ListReport:
        if not self.people.size:
            return ListReport(0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0)
        mean, half = mean_over_people(self.ndcg, self.people)
        return ListReport(
            ndcg=mean,
            ndcg_low=mean - half,
            ndcg_high=mean + half,
            recall=float(self.recall.mean()),
            hit_rate=float(self.hit.mean()),
            coverage=round(self.coverage),
            median_popularity=float(np.median(self.popularity)),
            mean_popularity=float(np.mean(self.popularity)),
            n_people=int(np.unique(self.people).size),
            too_early=self.too_early,
        )


def list_overlap(first: list[Int64], second: list[Int64]) -> float:
    """Mean share of items two sets of lists have in common."""
    shares = [
        np.intersect1d(a, b).size / max(len(a), len(b), 1)
        for a, b in zip(first, second, strict=True)
    ]
    return float(np.mean(shares))


def rows_by_user(ratings: Ratings) -> list[Int64]:
    """For each user the rows of their ratings."""
    order = np.argsort(ratings.user_index, kind="stable").astype(np.int64)
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    return np.split(order, np.cumsum(counts)[:-1])


def rows_of(ratings: Ratings, users: Int64) -> dict[int, Int64]:
    """For each of some users the rows of their ratings; the others' are not sorted."""
    is_asked = np.zeros(ratings.n_users, np.bool_)
    is_asked[users] = True
    rows = np.flatnonzero(is_asked[ratings.user_index])
    order = rows[np.argsort(ratings.user_index[rows], kind="stable")]
    counts = np.bincount(ratings.user_index[rows], minlength=ratings.n_users)
    asked = np.flatnonzero(is_asked)
    parts = np.split(order, np.cumsum(counts[asked])[:-1])
    return dict(zip(asked.tolist(), parts, strict=True)) if asked.size else {}


def _ranked_lists(
    train: Ratings, wanted: Ratings, scorer: Scorer, n: int, availability: Availability | None
) -> Iterator[tuple[int, Int64, Int64]]:
    people = np.flatnonzero(np.bincount(wanted.user_index, minlength=wanted.n_users))
    rated, relevant = rows_of(train, people), rows_of(wanted, people)
    for start in range(0, people.size, _PEOPLE_AT_ONCE):
        some = people[start : start + _PEOPLE_AT_ONCE]
        for u, scores in zip(some.tolist(), scorer(some), strict=True):
            excluded = train.item_index[rated[u]]
            if availability is not None:
                excluded = np.append(excluded, availability.unavailable(u))
            ranked = top_n(scores, n, exclude=excluded)
            yield u, ranked, wanted.item_index[relevant[u]].astype(np.int64)


def mean_over_people(values: Float64, people: Any) -> tuple[float, float]:
    """Mean of values and half its 95 % interval, users drawn as a whole (ratio estimator)."""
    mean = float(values.mean())
    _, group = np.unique(np.asarray(people), return_inverse=True)
    sums = np.bincount(group, values - mean)
    return mean, float(_Z_95 * np.sqrt(np.sum(sums**2)) / values.size)
