"""Accuracy of predictions and lists, for known and new users, and stability between fits.

    python benchmarks/accuracy.py            seven minutes, one core
    python benchmarks/accuracy.py --quick    one fold, one seed, no stability: under a minute

Two sets of real ratings, with the defaults of `fit()`. The defaults were chosen on training parts
of ml-100k; the older latest-small was never used for tuning. Protocols: docs/performance.md.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from datasets import ml_100k, older_latest_small
from measurements import Measurement, Table, option_parser, report, say

from recommender.core import Factors, Ratings, fit, fold_in, score_items, top_n
from recommender.core.evaluation import splits
from recommender.core.evaluation.availability import Availability
from recommender.core.evaluation.baselines import BiasOnly, Popularity, item_counts
from recommender.core.evaluation.cold_start import cold_start
from recommender.core.evaluation.entries import Task
from recommender.core.evaluation.left_out import LeftOut
from recommender.core.evaluation.metrics import list_overlap, list_report, rmse, rows_by_user
from recommender.core.evaluation.model_adapter import LatentFactors

COLD_PEOPLE = 260
FIRST_RATINGS = (0, 1, 3, 5, 10)
LEFT_OUT = 100  # people at a time


@dataclass(frozen=True)
class Bars:
    """A data set and the bars it has to reach."""

    name: str
    read: Callable[[argparse.Namespace], Ratings]
    lowest: float  # lowest stars of its scale
    folds: str
    temporal: str
    unseen: str
    ndcg: str
    coverage: str
    own_parts: str  # of the first of the five parts that the set comes with
    left_out: str


SETS = (
    Bars(
        "ml-100k",
        lambda options: ml_100k(options.data_dir),
        1.0,
        "<= 0.872",
        "<= 0.920",
        "<= 0.960",
        ">= 0.200",
        ">= 300",
        "<= 0.881",
        "<= 0.008",
    ),
    Bars(
        "older latest-small",
        lambda options: older_latest_small(options.data_dir),
        0.5,
        "<= 0.838",
        "<= 0.856",
        "<= 0.910",
        ">= 0.130",
        "",
        "",
        "<= 0.015",
    ),
)


def main() -> int:
    options = option_parser(__doc__, quick="one fold, one seed, no stability").parse_args()
    measurements: list[Measurement] = []
    for bars in SETS:
        ratings = bars.read(options)
        # Compiles the kernels, or loads them from disk.
        fit(ratings.take(np.arange(0, len(ratings), 20)), seed=1, n_threads=1)
        for part in PARTS:
            if options.quick and part is _stability:
                continue
            if part is _own_parts and not bars.own_parts:
                continue
            say(f"{bars.name}: {part.__doc__}")
            measurements += part(bars, ratings, options)
    rows = [[m.name, f"{m.value:.4f}", m.unit] for m in measurements if not m.bar]
    table = Table("For comparison", ["what", "measured", "unit"], rows, n_words=1)
    return report(options, "accuracy", [table], measurements)


def _random(bars: Bars, ratings: Ratings, options: argparse.Namespace) -> Iterator[Measurement]:
    """random folds"""
    ours, biases, seconds = [], [], []
    for number, (train, test) in enumerate(splits.folds(ratings)[: 1 if options.quick else 5]):
        known, asked = ratings.take(train), ratings.take(test)
        start = time.process_time()
        factors = fit(known, seed=number, n_threads=1)
        seconds.append(time.process_time() - start)
        ours.append(_error(bars, factors, ratings, asked))
        biases.append(_bias_error(bars, known, asked))
    folds = f"{bars.name}, {len(ours)} random folds"
    yield Measurement(folds, statistics.mean(ours), "RMSE", bars.folds)
    yield Measurement(f"{folds}: biases alone", statistics.mean(biases), "RMSE")
    name = f"{bars.name}: processor seconds of a fit, median"
    yield Measurement(name, statistics.median(seconds), "s", "<= 2")


def _own_parts(bars: Bars, ratings: Ratings, options: argparse.Namespace) -> Iterator[Measurement]:
    """the five parts of the set itself"""
    parts = splits.fifths_in_order(ratings)[: 1 if options.quick else 5]
    errors = []
    for train, test in parts:
        known, asked = ratings.take(train), ratings.take(test)
        errors.append(_error(bars, fit(known, seed=0, n_threads=1), ratings, asked))
    yield Measurement(f"{bars.name}, part u1", errors[0], "RMSE", bars.own_parts)
    yield Measurement(f"{bars.name}, parts u1 to u{len(parts)}", statistics.mean(errors), "RMSE")


def _by_person(bars: Bars, ratings: Ratings, options: argparse.Namespace) -> Iterator[Measurement]:
    """the last fifth of each person's ratings"""
    train, test = map(ratings.take, splits.temporal(ratings))
    seeds = range(1 if options.quick else 3)
    fits = [fit(train, seed=seed, n_threads=1) for seed in seeds]
    errors = [_error(bars, factors, ratings, test) for factors in fits]
    where = f"{bars.name}, last fifth of each person, mean of {len(fits)} seeds"
    yield Measurement(where, statistics.mean(errors), "RMSE", bars.temporal)
    yield Measurement(f"{where}: biases alone", _bias_error(bars, train, test), "RMSE")
    lists = [list_report(train, test, _scorer(factors, train)) for factors in fits]
    popular = list_report(train, test, Popularity(train).score)
    ndcg = statistics.mean(one.ndcg for one in lists)
    coverage = statistics.mean(one.coverage for one in lists)
    popularity = statistics.mean(one.mean_popularity for one in lists)
    yield Measurement(f"{where}", ndcg, "NDCG@10", bars.ndcg)
    yield Measurement(f"{where}: popularity", popular.ndcg, "NDCG@10")
    yield Measurement(f"{where}, over popularity", ndcg / popular.ndcg, "x", ">= 1.8")
    yield Measurement(f"{where}: in some top 10", coverage, "movies", bars.coverage)
    yield Measurement(f"{where}: ratings of a listed movie", popularity, "mean")
    yield Measurement(f"{where}: popularity's", popular.mean_popularity, "mean")


def _left_out(bars: Bars, ratings: Ratings, options: argparse.Namespace) -> Iterator[Measurement]:
    """people left out of the fit, against the same people inside it; leakage"""
    train, test = map(ratings.take, splits.temporal(ratings))
    task = Task(train, test, item_counts(train), availability=Availability.of(ratings, test))
    measured = LeftOut(task, LatentFactors.of(fit(train, seed=0, n_threads=1)))
    people = np.random.default_rng(42).permutation(np.unique(test.user_index))
    n_groups = 1 if options.quick else 5
    for start in range(0, n_groups * LEFT_OUT, LEFT_OUT):
        group = people[start : start + LEFT_OUT]
        others = train.take(~np.isin(train.user_index, group))
        measured.add(LatentFactors.of(fit(others, seed=0, n_threads=1)), group)
    figures = measured.figures()
    where = f"{bars.name}, last fifth of {figures['n_people']} people left out of the fit"
    yield Measurement(
        f"{where}: over inside", figures["stars"]["difference"], "RMSE", bars.left_out
    )
    yield Measurement(
        f"{where}: over inside", figures["lists"]["difference"], "NDCG@10", ">= -0.01"
    )
    lists = task.lists(measured.inside, people)
    name = f"{bars.name}, last fifth of each person: listed before anybody had rated it"
    yield Measurement(name, float(lists.too_early or 0), "movies", "<= 0")


def _unseen(bars: Bars, ratings: Ratings, options: argparse.Namespace) -> Iterator[Measurement]:
    """people who come after the fit, served from half of their ratings"""
    train, later = map(ratings.take, splits.global_time(ratings))
    factors = fit(train, seed=0, n_threads=1)
    known = np.bincount(train.user_index, minlength=ratings.n_users) > 0
    predicted, stars = [], []
    for rows in splits.in_time_order(later):
        if rows.size < 2 or known[later.user_index[rows[0]]]:
            continue
        given, asked = later.take(rows[: rows.size // 2]), later.take(rows[rows.size // 2 :])
        user = fold_in(factors.items, given.item_index, given.stars)
        predicted.append(_stars(bars, factors, user, asked))
        stars.append(asked.stars)
    where = f"{bars.name}, first 80 % of time, {len(stars)} new people, half of theirs given"
    error = rmse(np.concatenate(predicted), np.concatenate(stars))
    yield Measurement(where, error, "RMSE", bars.unseen)


def _stars(bars: Bars, factors: Factors, user: object, asked: Ratings) -> np.ndarray:
    from recommender.core import predicted_stars

    return np.clip(predicted_stars(factors.items, user, asked.item_index), bars.lowest, 5.0)


def _first_ratings(
    bars: Bars, ratings: Ratings, options: argparse.Namespace
) -> Iterator[Measurement]:
    """a new user's first ratings"""
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    people = np.flatnonzero(counts >= 40)
    cold = np.random.default_rng(42).permutation(people)[:COLD_PEOPLE]
    is_cold = np.isin(ratings.user_index, cold)
    train, unseen = ratings.take(~is_cold), ratings.take(is_cold)
    factors, biases = fit(train, seed=0, n_threads=1), BiasOnly(train).item_bias
    for in_order, order in ((True, "in time order"), (False, "at random")):
        rows = cold_start(
            factors.items, unseen, biases, given=FIRST_RATINGS, in_order=in_order, seed=42
        )
        where = f"{bars.name}, new people, ratings {order}"
        for row in rows:
            after = f"{where}, after {row.n_given}"
            yield Measurement(
                f"{after}: over biases alone", row.rmse - row.rmse_bias_only, "RMSE", "<= 0.002"
            )
            yield Measurement(
                f"{after}: over popularity", row.ndcg - row.ndcg_popularity, "NDCG@10", ">= 0"
            )
        rises = min(b.ndcg - a.ndcg for a, b in itertools.pairwise(rows))
        yield Measurement(f"{where}: smallest step of NDCG@10", rises, "NDCG@10", ">= 0")


def _stability(bars: Bars, ratings: Ratings, options: argparse.Namespace) -> Iterator[Measurement]:
    """stability between fits"""
    first, second = (fit(ratings, seed=seed, n_threads=1) for seed in (1, 2))
    warm = fit(ratings, seed=3, warm_start=first, n_threads=1)
    lists = _top_20s(first)
    name = f"{bars.name}, overlap of top 20s"
    yield Measurement(f"{name}, another seed", list_overlap(lists, _top_20s(second)), "", ">= 0.8")
    yield Measurement(f"{name}, warm start", list_overlap(lists, _top_20s(warm)), "", ">= 0.9")


def _top_20s(factors: Factors) -> list[np.ndarray]:
    rated = rows_by_user(factors.ratings)
    return [
        top_n(
            score_items(factors.items, factors.user_vector(row)),
            20,
            exclude=factors.ratings.item_index[rated[row]],
        )
        for row in range(factors.user_ids.size)
    ]


def _scorer(factors: Factors, train: Ratings) -> Callable[[np.ndarray], np.ndarray]:
    def scores(rows: np.ndarray) -> np.ndarray:
        found = np.searchsorted(factors.user_ids, train.user_ids[rows])
        return np.stack([score_items(factors.items, factors.user_vector(row)) for row in found])

    return scores


def _error(bars: Bars, factors: Factors, ratings: Ratings, asked: Ratings) -> float:
    pairs = ratings.user_ids[asked.user_index], ratings.item_ids[asked.item_index]
    return rmse(np.clip(factors.predict(*pairs), bars.lowest, 5.0), asked.stars)


def _bias_error(bars: Bars, train: Ratings, asked: Ratings) -> float:
    predicted = BiasOnly(train).predict(asked.user_index, asked.item_index)
    return rmse(np.clip(predicted, bars.lowest, 5.0), asked.stars)


PARTS = (_random, _own_parts, _by_person, _left_out, _unseen, _first_ratings, _stability)


if __name__ == "__main__":
    raise SystemExit(main())
