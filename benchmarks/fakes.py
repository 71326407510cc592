"""How far fake profiles move a movie, how well they are found, and what guarding costs others.

    python benchmarks/fakes.py [--json] [--save]        about three minutes, one core

Fakes on ml-100k: 1 % and 5 % of its people, each with ratings of 5 % of the movies and five stars
for one target (`core/fake_profiles/attacks`). Their accounts are new; everybody else's is as old as
their ratings at the end of the data, and weighs what a site gives it (`account_weights`). Moved:
mean shift of the predicted stars over the people who have not rated the target. Hits: the share of
them with the target in their top 10. Found: the share of N fakes among the 2N most suspicious.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from datasets import ml_100k, older_latest_small
from measurements import Measurement, Table, option_parser, report, say

from recommender.core import Factors, Ratings, fit, score_items, top_n
from recommender.core.evaluation import splits
from recommender.core.evaluation.metrics import list_report, rmse, rows_by_user
from recommender.core.fake_profiles.account_weights import account_weights, lifted
from recommender.core.fake_profiles.attacks import Attack, attacked
from recommender.core.fake_profiles.signals import Signals

DAY = 86_400.0
SEED = 5
SHARES = (0.01, 0.05)
FEW = "3 to 10 ratings"
# (targets with so many ratings, from, to, how many of them)
TARGETS = ((FEW, 3, 10, 4), ("30 to 100 ratings", 30, 100, 2), ("over 150 ratings", 151, 9_999, 2))
BARS = {0.01: ("<= 0.35", "<= 0.01"), 0.05: ("<= 0.9", "<= 0.02")}


@dataclass(frozen=True)
class Effect:
    """What an attack did, as means over the targets."""

    moved: float
    hits: float


def main() -> int:
    options = option_parser(__doc__).parse_args()
    ratings = ml_100k(options.data_dir)
    rows: list[list[str]] = []
    measurements = list(_attacks(ratings, rows))
    measurements += _found(ratings)
    measurements += _not_fakes(
        {"ml-100k": ratings, "older latest-small": older_latest_small(options.data_dir)}
    )
    measurements += _cost(ratings)
    columns = ["fakes", "attack", "target", "moved, all alike", "hits", "moved", "hits"]
    return report(options, "fakes", [Table("Attacks", columns, rows, n_words=3)], measurements)


def as_a_site_weighs(ratings: Ratings, fakes: np.ndarray | None = None) -> Ratings:
    """With the weight of each account; `fakes`: ids of accounts of today."""
    assert ratings.times is not None
    first = np.full(ratings.n_users, np.inf)
    np.minimum.at(first, ratings.user_index, ratings.times)
    days = (ratings.times.max() - first) / DAY
    if fakes is not None:
        days[np.isin(ratings.user_ids, fakes)] = 0.0
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    weights = account_weights(np.where(np.isfinite(days), np.floor(days), 0.0), counts)
    return replace(ratings, weights=lifted(weights, counts)[ratings.user_index])


def _attacks(ratings: Ratings, rows: list[list[str]]) -> Iterator[Measurement]:
    counts = np.bincount(ratings.item_index, minlength=ratings.n_items)
    before = {alike: _fit(ratings, None, alike) for alike in (True, False)}
    rng = np.random.default_rng(7)
    for kind, least, most, n_targets in TARGETS:
        among = np.flatnonzero((counts >= least) & (counts <= most))
        targets = rng.permutation(among)[:n_targets].tolist()
        for share in SHARES:
            for attack in get_args(Attack) if kind == FEW else ("average",):
                say(f"{share:.0%} fakes, {attack} attack, {kind}")
                alike, weighed = (
                    _effect(ratings, before[way], attack, targets, share, way)
                    for way in (True, False)
                )
                cells = (
                    f"{e.moved:+.2f}" if k == 0 else f"{e.hits:.1%}"
                    for e in (alike, weighed)
                    for k in (0, 1)
                )
                rows.append([f"{share:.0%}", attack, kind, *cells])
                if kind == FEW and attack == "average":
                    name = f"ml-100k, {share:.0%} fakes, average attack on a movie with {kind}"
                    yield Measurement(f"{name}: moved", weighed.moved, "stars", BARS[share][0])
                    yield Measurement(f"{name}: in top 10s", weighed.hits, "share", BARS[share][1])


def _effect(
    ratings: Ratings, before: Factors, attack: Attack, targets: list[int], share: float, alike: bool
) -> Effect:
    moved, hits = [], []
    for target in targets:
        together, fakes = attacked(ratings, attack, target, int(share * ratings.n_users), SEED)
        after = _fit(together, fakes, alike)
        asked = np.setdiff1d(
            np.arange(ratings.n_users), ratings.user_index[ratings.item_index == target]
        )
        ids, item = ratings.user_ids[asked], np.full(asked.size, ratings.item_ids[target])
        stars = (np.clip(factors.predict(ids, item), 1, 5) for factors in (after, before))
        moved.append(float(np.subtract(*stars).mean()))
        hits.append(_hits(after, ratings, asked, target))
    return Effect(float(np.mean(moved)), float(np.mean(hits)))


def _fit(ratings: Ratings, fakes: np.ndarray | None, alike: bool) -> Factors:
    learned_from = ratings if alike else as_a_site_weighs(ratings, fakes)
    return fit(learned_from, seed=0, n_threads=1)


def _hits(factors: Factors, ratings: Ratings, asked: np.ndarray, target: int) -> float:
    rated, hits = rows_by_user(ratings), 0
    for user in asked.tolist():
        row = int(np.searchsorted(factors.user_ids, ratings.user_ids[user]))
        scores = score_items(factors.items, factors.user_vector(row))
        hits += target in top_n(scores, 10, exclude=ratings.item_index[rated[user]])
    return hits / asked.size


def _found(ratings: Ratings) -> Iterator[Measurement]:
    counts = np.bincount(ratings.item_index, minlength=ratings.n_items)
    rare = np.flatnonzero((counts >= 3) & (counts <= 10))
    targets = np.random.default_rng(7).permutation(rare)[:4].tolist()
    for share in SHARES:
        n = int(share * ratings.n_users)
        for attack in get_args(Attack):
            found, listed = [], []
            for target in targets:
                together, fakes = attacked(ratings, attack, target, n, SEED)
                signals = Signals.of(together)
                is_fake = np.isin(together.user_ids, fakes)
                first = np.argsort(-signals.suspicion, kind="stable")[: 2 * n]
                found.append(is_fake[first].sum() / n)
                listed.append(is_fake[signals.most_suspicious()].sum() / n)
            name = f"ml-100k, {share:.0%} fakes, {attack} attack"
            bar = ">= 0.8" if share == SHARES[-1] else ""
            yield Measurement(
                f"{name}: found among the first 2N", float(np.mean(found)), "share", bar
            )
            yield Measurement(f"{name}: listed at all", float(np.mean(listed)), "share", bar)


def _not_fakes(sets: dict[str, Ratings]) -> Iterator[Measurement]:
    """Everybody here is real, and joined with a long history."""
    for name, ratings in sets.items():
        share = Signals.of(ratings).most_suspicious().size / ratings.n_users
        yield Measurement(f"{name}: real people who are listed", share, "share")


def _cost(ratings: Ratings) -> Iterator[Measurement]:
    """What weighing accounts by age costs where nobody attacks."""
    assert ratings.times is not None
    for part in (1.0, 0.3):
        until = ratings.take(ratings.times <= np.quantile(ratings.times, part))
        train, test = map(until.take, splits.temporal(until))
        weighed = as_a_site_weighs(until)
        assert weighed.weights is not None
        rows, _ = splits.temporal(until)
        errors, lists = [], []
        for learned_from in (train, replace(train, weights=weighed.weights[rows])):
            fits = [fit(learned_from, seed=seed, n_threads=1) for seed in range(3)]
            errors.append(np.mean([_error(factors, test) for factors in fits]))
            lists.append(np.mean([_ndcg(factors, train, test) for factors in fits]))
        new = float((weighed.weights < 1).mean())
        name = f"ml-100k, first {part:.0%} of time, {new:.0%} of ratings by new accounts"
        yield Measurement(f"{name}: cost", float(errors[1] - errors[0]), "RMSE", "<= 0.005")
        yield Measurement(f"{name}: gain of lists", float(lists[1] - lists[0]), "NDCG@10")


def _error(factors: Factors, test: Ratings) -> float:
    pairs = test.user_ids[test.user_index], test.item_ids[test.item_index]
    return rmse(np.clip(factors.predict(*pairs), 1, 5), test.stars)


def _ndcg(factors: Factors, train: Ratings, test: Ratings) -> float:
    def scores(rows: np.ndarray) -> np.ndarray:
        return np.stack([score_items(factors.items, factors.user_vector(row)) for row in rows])

    return list_report(train, test, scores).ndcg


if __name__ == "__main__":
    raise SystemExit(main())
