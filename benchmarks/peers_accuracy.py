"""Accuracy and fit time compared with other libraries, on ml-100k.

    python benchmarks/peers_accuracy.py                 everything: 20 minutes, one core
    python benchmarks/peers_accuracy.py --quick         one fold, without the slow ones: 3 minutes

Two protocols. Random: the rows permuted by default_rng(42), five equal folds, every test pair
scored, predictions clipped to the scale. By time: the last fifth of each user's ratings, which is
what a site is asked about, and the lists: all unrated movies ranked, NDCG@10, four stars and more
are relevant.

The first run installs the peers under the data folder, each in an environment of its own (10
minutes, 4 GB). A peer that cannot be installed gets a row that says so.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from datasets import ml_100k
from measurements import Measurement, Table, option_parser, report, say
from peers.environments import Failed, NotInstalled, run
from peers.runners.exchange import Task, save_task
from peers.systems import ON_REQUEST, RUNNERS, SYSTEMS, System

from recommender.core import Ratings
from recommender.core.evaluation import splits as splitting
from recommender.core.evaluation.metrics import list_report, mae, rmse

N_FOLDS = 5
SECONDS_A_TASK = 1200


@dataclass(frozen=True)
class Split:
    """Training and test ratings of one task, and its file."""

    name: str
    train: Ratings
    test: Ratings
    file: Path

    @property
    def is_temporal(self) -> bool:
        return self.name == "by time"


@dataclass
class Result:
    """One system's results; None or empty for tasks it does not do."""

    system: System
    rmse: list[float] = field(default_factory=list)
    mae: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    rss: float = 0.0
    time_rmse: float | None = None
    ndcg: float | None = None
    coverage: int | None = None
    trouble: str = ""


def main() -> int:
    options = _options()
    ratings = ml_100k(options.data_dir, options.ratings)
    chosen = _chosen(options)
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        splits = _splits(ratings, options.folds, Path(folder))
        results = [_measure(system, splits, options.data_dir) for system in chosen]
    n_folds = len(splits) - 1
    measurements = [m for result in results for m in _measurements(result, n_folds)]
    measurements += _ratios(results)
    return report(options, "peers_accuracy", [_table(results, n_folds)], measurements)


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__, quick="one fold, without the slow systems")
    parser.add_argument("--ratings", default="ml-100k", help="a zip or folder of ml-100k")
    parser.add_argument("--folds", type=int, default=N_FOLDS, help="use the first N of five folds")
    parser.add_argument("--only", default="", metavar="NAME,...", help="run only these systems")
    parser.add_argument("--fastai", action="store_true", help="run fastai too (30 s per fold)")
    options = parser.parse_args()
    if options.quick:
        options.folds = 1
    if not 1 <= options.folds <= N_FOLDS:
        parser.error(f"--folds is between 1 and {N_FOLDS}")
    unknown = {*filter(None, options.only.split(","))} - {s.name for s in SYSTEMS + ON_REQUEST}
    if unknown:
        names = ", ".join(s.name for s in SYSTEMS + ON_REQUEST)
        parser.error(f"unknown: {', '.join(sorted(unknown))}. There are: {names}")
    return options


def _chosen(options: argparse.Namespace) -> list[System]:
    if options.only:
        wanted = options.only.split(",")
        return [s for s in SYSTEMS + ON_REQUEST if s.name in wanted]
    systems = SYSTEMS + (ON_REQUEST if options.fastai else ())
    return [s for s in systems if not (options.quick and s.is_slow)]


def _splits(ratings: Ratings, n_folds: int, folder: Path) -> list[Split]:
    pairs = [
        (f"fold {number + 1}", pair)
        for number, pair in enumerate(splitting.folds(ratings, N_FOLDS)[:n_folds])
    ]
    splits = []
    for name, (train, test) in [*pairs, ("by time", splitting.temporal(ratings, 0.2))]:
        split = Split(name, ratings.take(train), ratings.take(test), folder / f"{name}.npz")
        save_task(str(split.file), _task(split))
        splits.append(split)
    return splits


def _task(split: Split) -> Task:
    train, test = split.train, split.test
    return Task(
        users=train.user_index,
        items=train.item_index,
        stars=train.stars,
        times=train.times,
        test_users=test.user_index,
        test_items=test.item_index,
        n_users=train.n_users,
        n_items=train.n_items,
        wants_scores=split.is_temporal,
    )


def _measure(system: System, splits: list[Split], data_dir: Path) -> Result:
    result = Result(system)
    own = [split for split in splits if split.is_temporal or not system.only_lists]
    start = time.monotonic()
    try:
        python = system.environment.python(data_dir)
        for split in own:
            answer = _ask(system, python, split, data_dir)
            _score(result, split, answer)
    except NotInstalled as error:
        result.trouble = f"not installed: {error}"
    except Failed as error:
        result.trouble = f"failed: {error}"
    took = time.monotonic() - start
    say(f"{system.name}: {result.trouble or f'{len(own)} fits'}, {took:.0f} s in all")
    return result


def _ask(system: System, python: Path, split: Split, data_dir: Path) -> dict[str, np.ndarray]:
    answer = split.file.with_name(f"{split.file.stem} answer.npz")
    answer.unlink(missing_ok=True)
    task = split.file
    if split.is_temporal and not system.has_lists:
        task = split.file.with_name("without lists.npz")
        save_task(str(task), Task(**{**vars(_task(split)), "wants_scores": False}))
    words = [python, RUNNERS / system.runner, system.setting, task, answer]
    run(words, 1, data_dir, SECONDS_A_TASK)
    with np.load(answer) as arrays:
        return dict(arrays)


def _score(result: Result, split: Split, answer: dict[str, np.ndarray]) -> None:
    result.seconds.append(float(answer["seconds"]))
    result.rss = max(result.rss, float(answer["rss"]))
    test = split.test
    if "predicted" in answer:
        lowest, highest = float(split.train.stars.min()), float(split.train.stars.max())
        predicted = np.clip(answer["predicted"], lowest, highest)
        if split.is_temporal:
            result.time_rmse = rmse(predicted, test.stars)
        else:
            result.rmse.append(rmse(predicted, test.stars))
            result.mae.append(mae(predicted, test.stars))
    if "scores" in answer:
        scores = answer["scores"]
        lists = list_report(split.train, test, lambda users: scores[users])
        result.ndcg, result.coverage = lists.ndcg, lists.coverage


BARS = {
    "rmse": "<= 0.878",
    "seconds": "<= 2",
    "time_rmse": "<= 0.926",
    "ndcg": ">= 0.185",
    "coverage": ">= 300",
}


def _measurements(result: Result, n_folds: int) -> list[Measurement]:
    name, is_ours = result.system.name, result.system.name == "ours"
    if result.trouble:
        return [Measurement(name, result.trouble, "")]
    folds = "5-fold" if n_folds == N_FOLDS else f"{n_folds} of 5 folds"
    figures = (
        ("rmse", f"RMSE, random {folds}", _mean(result.rmse), "stars"),
        ("mae", f"MAE, random {folds}", _mean(result.mae), "stars"),
        ("seconds", "fit, one thread, median", statistics.median(result.seconds), "s"),
        ("time_rmse", "RMSE, last fifth by time", result.time_rmse, "stars"),
        ("ndcg", "NDCG@10, last fifth by time", result.ndcg, ""),
        ("coverage", "movies in all top tens", result.coverage, "movies"),
        ("rss", "peak memory", round(result.rss), "MB"),
    )
    return [
        Measurement(f"{name}: {what}", value, unit, BARS.get(key, "") if is_ours else "")
        for key, what, value, unit in figures
        if value is not None
    ]


def _ratios(results: list[Result]) -> list[Measurement]:
    ndcg = {result.system.name: result.ndcg for result in results}
    if not (ndcg.get("ours") and ndcg.get("popularity")):
        return []
    ratio = ndcg["ours"] / ndcg["popularity"]
    return [Measurement("ours: NDCG@10 over that of popularity", ratio, "x", ">= 1.8")]


def _mean(values: list[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _table(results: list[Result], n_folds: int) -> Table:
    columns = [
        "system",
        "settings",
        f"RMSE, {n_folds} of 5 random folds",
        "MAE",
        "fit s",
        "RMSE by time",
        "NDCG@10",
        "movies shown",
        "MB",
    ]
    return Table("ml-100k, one thread", columns, [_row(result) for result in results])


def _row(result: Result) -> list[str]:
    system = result.system
    if result.trouble:
        return [system.name, result.trouble, *[""] * 7]
    return [
        system.name,
        system.about,
        _decimals(_mean(result.rmse), 4),
        _decimals(_mean(result.mae), 4),
        _decimals(statistics.median(result.seconds), 2),
        _decimals(result.time_rmse, 4),
        _decimals(result.ndcg, 4),
        "-" if result.coverage is None else str(result.coverage),
        f"{result.rss:.0f}",
    ]


def _decimals(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"


if __name__ == "__main__":
    raise SystemExit(main())
