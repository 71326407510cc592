"""Whether the gate is fair to good fits, and whether it bites on bad ones.

    python benchmarks/gate.py [--json] [--save]        about four minutes, one core

1. ml-100k in time: a site refits at every tenth of its history, and each run is compared with the
   next trial, as a refit does. With the same recipe nothing must be rejected; a recipe that is
   worse by more than the tolerance must be. For contrast, the live run judged on all held-out
   ratings, of which it learned from most.
2. Small sites drawn from ml-100k: as they are, with all stars permuted, and permuted within each
   user. Permuted stars must be rejected, real ones must not.
3. The same small sites, whose live run knew the first two thirds of each user's ratings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from datasets import ml_100k
from measurements import Measurement, Table, option_parser, report, say

from recommender.core import Factors, Hyperparameters, Ratings, fit
from recommender.core.evaluation import splits
from recommender.core.gate.earlier_fit import predict_unseen
from recommender.core.gate.measure import Trial, compare_with_earlier, measure, split
from recommender.core.gate.verdict import MIN_COMPARED, fault

TIMES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
WORSE = Hyperparameters(strength=500.0, n_sweeps=0)
# (people, mean ratings of each)
SITES = ((200, 6.5), (60, 20.0), (500, 10.0))
DRAWS = 10


@dataclass(frozen=True)
class KnownUser:
    implicit: np.ndarray
    movie_ids: np.ndarray


def main() -> int:
    options = option_parser(__doc__).parse_args()
    ratings = ml_100k(options.data_dir)
    rows: list[list[str]] = []
    measurements = [*_in_time(ratings, rows), *_small_sites(ratings), *_grown_sites(ratings)]
    columns = ["until", "recipe", "compared", "loss", "+-", "loss if it saw them", "rejected"]
    return report(options, "gate", [Table("Refits in time", columns, rows)], measurements)


def _in_time(ratings: Ratings, rows: list[list[str]]) -> Iterator[Measurement]:
    rejected: dict[str, list[bool]] = {"same": [], "worse": []}
    live: Factors | None = None
    for part in TIMES:
        say(f"ml-100k until {part:.0%}")
        known = _until(ratings, part)
        for recipe, p in (("same", Hyperparameters()), ("worse", WORSE)):
            trials = _trials(known, p, seed=1)
            if live is None:
                continue
            find = partial(_users, live)
            unseen = partial(predict_unseen, live.items, find, 1)
            figures = measure(trials, unseen)
            all_of_them = partial(predict_unseen, live.items, partial(_strangers, live), 1)
            leaked = compare_with_earlier(trials, all_of_them)
            assert leaked is not None
            reason = fault(figures)
            rejected[recipe].append(bool(reason))
            assert figures["n_compared"] >= MIN_COMPARED
            loss = figures["compared_rmse"] - figures["active_rmse"]
            rows.append(
                [
                    *(f"{part:.0%}", recipe, f"{figures['n_compared']:,}", f"{loss:+.4f}"),
                    *(f"{figures['compared_error']:.4f}", f"{-leaked.gain:+.4f}"),
                    "yes" if reason else "no",
                ]
            )
        live = fit(known, seed=0, n_threads=1)
    yield Measurement(
        "refits with the same recipe that are rejected", _share(rejected["same"]), "share", "<= 0"
    )
    yield Measurement(
        "refits with a worse recipe that are rejected", _share(rejected["worse"]), "share", ">= 0.8"
    )


def _until(ratings: Ratings, part: float) -> Ratings:
    """What a site knew then: people and movies of later are not in it."""
    assert ratings.times is not None
    known = ratings.take(ratings.times <= np.quantile(ratings.times, part))
    return Ratings.from_triples(
        known.user_ids[known.user_index],
        known.item_ids[known.item_index],
        known.stars,
        times=known.times,
    )


def _trials(ratings: Ratings, p: Hyperparameters, seed: int) -> list[Trial]:
    return [
        Trial(known, ratings.take(test), fit(known, p, seed=seed, n_threads=1))
        for train, test in split(ratings, seed)
        for known in [ratings.take(train)]
    ]


def _users(factors: Factors, ids: Sequence[int]) -> Mapping[int, KnownUser]:
    rows = {pk: int(np.searchsorted(factors.user_ids, pk)) for pk in ids}
    return {
        pk: KnownUser(
            factors.user_implicit[row], factors.items.item_ids[np.sort(factors.rated_by(pk))]
        )
        for pk, row in rows.items()
        if row < factors.user_ids.size and factors.user_ids[row] == pk
    }


def _strangers(factors: Factors, ids: Sequence[int]) -> Mapping[int, KnownUser]:
    """The same as if the fit had not stored who rated what."""
    return {}


def _small_sites(ratings: Ratings) -> Iterator[Measurement]:
    for people, mean in SITES:
        name = f"{people} people, {people * mean:,.0f} ratings"
        say(name)
        for kind in ("real", "all permuted", "permuted within users"):
            found = []
            for draw in range(DRAWS):
                rng = np.random.default_rng(100 + draw)
                site = _permuted(_site(ratings, people, mean, rng), kind, rng)
                found.append(bool(fault(measure(_trials(site, Hyperparameters(), 0), None))))
            bar = {"real": "<= 0.1", "all permuted": ">= 1"}.get(kind, "")
            yield Measurement(f"{name}, {kind}: rejected", _share(found), "share", bar)


def _grown_sites(ratings: Ratings) -> Iterator[Measurement]:
    for people, mean in SITES:
        name = f"{people} people, {people * mean:,.0f} ratings"
        say(f"{name}, grown")
        rejected, losses = [], []
        for draw in range(DRAWS):
            site = _site(ratings, people, mean, np.random.default_rng(100 + draw))
            earlier, _ = map(site.take, splits.temporal(site, 1 / 3))
            live = fit(_until(earlier, 1.0), seed=0, n_threads=1)
            unseen = partial(predict_unseen, live.items, partial(_users, live), 1)
            figures = measure(_trials(site, Hyperparameters(), 0), unseen)
            rejected.append(bool(fault(figures)))
            losses.append(figures["compared_rmse"] - figures["active_rmse"])
        yield Measurement(f"{name}, grown by half: rejected", _share(rejected), "share", "<= 0.1")
        yield Measurement(f"{name}, grown by half: mean loss", float(np.mean(losses)), "RMSE")


def _site(ratings: Ratings, people: int, mean: float, rng: np.random.Generator) -> Ratings:
    """The first ratings of some people."""
    assert ratings.times is not None
    rows = []
    for user in rng.permutation(ratings.n_users)[:people].tolist():
        own = np.flatnonzero(ratings.user_index == user)
        order = np.argsort(ratings.times[own] + rng.random(own.size))
        rows.append(own[order][: max(2, int(rng.poisson(mean)))])
    return _until(ratings.take(np.concatenate(rows)), 1.0)


def _permuted(ratings: Ratings, kind: str, rng: np.random.Generator) -> Ratings:
    stars = ratings.stars.copy()
    if kind == "all permuted":
        stars = rng.permutation(stars)
    elif kind != "real":
        for user in range(ratings.n_users):
            own = ratings.user_index == user
            stars[own] = rng.permutation(stars[own])
    return replace(ratings, stars=stars)


def _share(which: list[bool]) -> float:
    return sum(which) / max(len(which), 1)


if __name__ == "__main__":
    raise SystemExit(main())
