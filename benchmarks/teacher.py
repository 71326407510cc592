"""What a site's own people gain when their ratings outweigh those of the data set it began with.

    python benchmarks/teacher.py [--set NAME] [--json] [--save]

The people who rated last play the site (one of them up to all), the others the data set that
teaches it. Asked are the site's people alone, about the newest fifth of their ratings. Compared,
for the same sites and seeds: all ratings alike; the teacher's by the weight that a site gives them
(`teacher_weights`); by a tenth; and a fit without the teacher. +- is one standard error over
people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from datasets import ml_100k, older_latest_small
from measurements import Measurement, Table, option_parser, report, say

from recommender.core import Ratings, fit
from recommender.core.evaluation import splits
from recommender.core.evaluation.baselines import item_counts
from recommender.core.evaluation.entries import Entry, Task
from recommender.core.evaluation.model_adapter import LatentFactors
from recommender.core.teacher_weights import teacher_weight, weigh_teacher

SETS: dict[str, Callable[..., Ratings]] = {
    "ml-100k": ml_100k,
    "older latest-small": older_latest_small,
}
THIRD, MOST = 1 / 3, 0.85  # of the people, newest first: who plays the site
# (share of the people that sites are drawn from, people of a site or None for all, sites)
SITES = (
    (THIRD, 1, 12),
    (THIRD, 10, 6),
    (THIRD, 50, 3),
    (THIRD, 200, 2),
    (THIRD, None, 3),
    (MOST, None, 3),
)
ALIKE, OURS, TENTH, WITHOUT = "alike", "as served", "a tenth", "no teacher"


@dataclass(frozen=True)
class Difference:
    """Against all ratings alike, with one standard error over people."""

    rmse: float
    rmse_error: float
    ndcg: float
    ndcg_error: float


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--set", choices=SETS, help="only this data set")
    options = parser.parse_args()
    rows: list[list[str]] = []
    measurements: list[Measurement] = []
    for name, read in SETS.items():
        if options.set not in (None, name):
            continue
        ratings = read(options.data_dir)
        for share, size, n_sites in SITES:
            who = f"{name}, {size or 'all'} of the newest {share:.0%}"
            say(who)
            entries, weight = _ask(ratings, _sites(ratings, share, size, n_sites))
            rows += _rows(who, entries, weight)
            measurements += _measure(who, entries)
    columns = ["site", "teacher", "weight", "RMSE", "against alike", "NDCG@10", "against alike"]
    table = Table("The site's own people", columns, rows)
    return report(options, "teacher", [table], measurements)


def _sites(
    ratings: Ratings, share: float, size: int | None, n_sites: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(teacher, site) as rows of users; where a site is all of them, the same one several times."""
    first = np.full(ratings.n_users, np.inf)
    assert ratings.times is not None
    np.minimum.at(first, ratings.user_index, ratings.times)
    in_order = np.argsort(first, kind="stable")
    cut = ratings.n_users - int(share * ratings.n_users)
    teacher, newest = in_order[:cut], np.random.default_rng(7).permutation(in_order[cut:])
    for number in range(n_sites):
        start = 0 if size is None else number * size % max(newest.size - size + 1, 1)
        yield teacher, newest[start : start + (size or newest.size)]


def _ask(
    ratings: Ratings, sites: Iterator[tuple[np.ndarray, np.ndarray]]
) -> tuple[dict[str, Entry], float]:
    """Each contestant's answers over all sites, and the mean weight of the teacher as served."""
    known, later = map(ratings.take, splits.temporal(ratings))
    found: dict[str, list[Entry]] = {}
    weights = []
    for seed, (teacher, site) in enumerate(sites):
        train = known.take(np.isin(known.user_index, np.append(teacher, site)))
        own = train.take(np.isin(train.user_index, site))
        task = Task(own, later.take(np.isin(later.user_index, site)), item_counts(train))
        is_teacher = np.zeros(ratings.n_users, np.bool_)
        is_teacher[teacher] = True
        weights.append(teacher_weight(train, is_teacher))
        for name, learned_from in (
            (ALIKE, train),
            (OURS, weigh_teacher(train, is_teacher, weights[-1])),
            (TENTH, weigh_teacher(train, is_teacher, 0.1)),
            (WITHOUT, own),
        ):
            model = LatentFactors.of(fit(learned_from, seed=seed, n_threads=1))
            found.setdefault(name, []).append(task.ask(model, site, site))
    return {name: Entry.pooled(parts) for name, parts in found.items()}, float(np.mean(weights))


def _rows(who: str, entries: dict[str, Entry], weight: float) -> Iterator[list[str]]:
    weights = {ALIKE: "1", OURS: f"{weight:.2f}", TENTH: "0.1", WITHOUT: "0"}
    for name, entry in entries.items():
        assert entry.stars is not None
        assert entry.lists is not None
        error, ndcg = entry.stars.report().rmse, entry.lists.report().ndcg
        found = _difference(entry, entries[ALIKE])
        stars, lists = (
            ("", "")
            if name == ALIKE
            else (
                f"{found.rmse:+.4f} +- {found.rmse_error:.4f}",
                f"{found.ndcg:+.4f} +- {found.ndcg_error:.4f}",
            )
        )
        yield [who, name, weights[name], f"{error:.4f}", stars, f"{ndcg:.4f}", lists]


def _measure(who: str, entries: dict[str, Entry]) -> Iterator[Measurement]:
    """Bars: what a site serves is nowhere worse than all alike, beyond two standard errors."""
    found = _difference(entries[OURS], entries[ALIKE])
    yield Measurement(f"{who}: over alike", found.rmse, "RMSE", "<= 0.0005")
    worst = -2 * found.ndcg_error
    yield Measurement(f"{who}: over alike", found.ndcg, "NDCG@10", f">= {worst:.4f}")


def _difference(entry: Entry, alike: Entry) -> Difference:
    assert entry.stars is not None
    assert entry.lists is not None
    assert alike.stars is not None
    assert alike.lists is not None
    squares = entry.stars.error**2 - alike.stars.error**2
    _, person = np.unique(entry.stars.people, return_inverse=True)
    by_person = np.bincount(person, squares)
    before = alike.stars.report().rmse
    # d sqrt(x) = dx / (2 sqrt(x)); people are drawn, with all their ratings.
    rmse_error = float(np.sqrt(np.sum(by_person**2))) / squares.size / (2 * before)
    _, person = np.unique(entry.lists.people, return_inverse=True)
    gains = np.bincount(person, entry.lists.ndcg - alike.lists.ndcg) / np.bincount(person)
    return Difference(
        entry.stars.report().rmse - before,
        rmse_error,
        float(gains.mean()),
        float(gains.std() / np.sqrt(gains.size)),
    )


if __name__ == "__main__":
    raise SystemExit(main())
