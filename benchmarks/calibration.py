"""Do the 80 % intervals contain 80 % of the ratings? On data that no weight was learned from.

    python -m benchmarks.calibration ml-100k.npz ratings.csv ... [--json]

Files: .npz with users, items, stars, times, or lines of user, item, stars, time (tabs, commas or
"::", with or without a header). Each file's ratings are split into a training and a test part.
Within the training part a slice is held out to learn the weights on; then a fit on the whole
training part predicts intervals for the test part. Both splits are made by time (the last fifth of
each user's ratings, which is what a site is asked about) and at random, in all combinations:
weights learned at random are too narrow for the future.

The last table is about new users, whom no fit has seen and who are known by a few ratings (by
time: their first ones).
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from recommender.core import Factors, Ratings, UserRatings, fit
from recommender.core.evaluation import splits
from recommender.core.evaluation.metrics import rows_by_user
from recommender.core.evaluation.splits import Split
from recommender.core.explain.calibration import (
    Coverage,
    HeldOutUser,
    calibrate,
    coverage,
)
from recommender.core.explain.intervals import UserUncertainty

OVERALL, EACH = (0.77, 0.83), (0.75, 0.85)
NEW_PEOPLE_KNOW = (3, 12, 50)
SHARE = 0.2


def at_random(ratings: Ratings, seed: int) -> Split:
    shuffled = np.random.default_rng(seed).permutation(len(ratings))
    cut = int(len(ratings) * SHARE)
    return np.sort(shuffled[cut:]), np.sort(shuffled[:cut])


def by_time(ratings: Ratings, seed: int) -> Split:
    return splits.temporal(ratings, SHARE, seed)


SPLITS: dict[str, Callable[[Ratings, int], Split]] = {"time": by_time, "random": at_random}


def read(path: Path) -> Ratings:
    if path.suffix == ".npz":
        columns = np.load(path)
        return Ratings.from_triples(
            *(columns[name] for name in ("users", "items", "stars", "times"))
        )
    rows = (re.split(r"::|[\t,]", line.strip()) for line in path.read_text().splitlines())
    table = np.array([row[:4] for row in rows if row[0].isdigit()], np.float64)
    users, items, stars, times = table.T
    return Ratings.from_triples(users.astype(int), items.astype(int), stars, times)


def calibrated(train: Ratings, split: str, seed: int) -> Factors:
    """A fit on all of `train`, with weights learned on a slice held out of another fit."""
    earlier, later = map(train.take, SPLITS[split](train, seed + 1))
    weights = calibrate(fit(earlier, seed=seed), later, seed=seed)
    return fit(train, seed=seed + 1).with_interval_weights(weights)


def everybody(factors: Factors, test: Ratings) -> list[HeldOutUser]:
    """Every test rating, predicted from all training ratings of its user."""
    train, known, asked = factors.ratings, rows_by_user(factors.ratings), []
    for row, rows in enumerate(rows_by_user(test)):
        own = known[row]
        given = train.item_index[own], train.stars[own]
        if rows.size:
            own_ratings = UserRatings(*given, np.ones(own.size, bool), factors.user_implicit[row])
            uncertainty = UserUncertainty.of_ratings(factors.items, own_ratings)
            asked.append(
                HeldOutUser(uncertainty, test.item_index[rows].astype(int), test.stars[rows])
            )
    return asked


def strangers(
    factors: Factors, unseen: Ratings, split: str, n_given: int, seed: int
) -> list[HeldOutUser]:
    """Users outside the fit, known by n_given ratings, tested on their last fifth."""
    rng = np.random.default_rng(seed)
    known, later = map(unseen.take, SPLITS[split](unseen, seed))
    order = splits.in_time_order(known)
    asked = []
    for row, test in enumerate(rows_by_user(later)):
        own = order[row] if split == "time" else rng.permutation(order[row])
        if own.size < n_given or not test.size:
            continue
        own_ratings = UserRatings(known.item_index[own[:n_given]], known.stars[own[:n_given]])
        uncertainty = UserUncertainty.of_ratings(factors.items, own_ratings)
        asked.append(
            HeldOutUser(uncertainty, later.item_index[test].astype(int), later.stars[test])
        )
    return asked


def of_new_people(ratings: Ratings, split: str, seed: int) -> list[Coverage]:
    """Every user once: five fits, each leaving out a fifth of the users."""
    groups = np.array_split(np.random.default_rng(seed).permutation(ratings.n_users), 5)
    inside: dict[int, list[Coverage]] = {n: [] for n in NEW_PEOPLE_KNOW}
    for away in groups:
        is_away = np.isin(ratings.user_index, away)
        factors = calibrated(ratings.take(~is_away), split, seed)
        for n_given, rows in inside.items():
            asked = strangers(factors, ratings.take(is_away), split, n_given, seed)
            rows.append(coverage(factors.items, asked)[0])
    return [together(f"new people with {n} ratings", rows) for n, rows in inside.items()]


def together(who: str, parts: list[Coverage]) -> Coverage:
    """The coverage of several groups of users combined."""
    sizes = np.array([part.n_ratings for part in parts])
    share = float(np.average([part.share for part in parts], weights=sizes))
    errors = np.array([part.standard_error for part in parts]) * sizes
    error = float(np.sqrt(np.sum(errors**2)) / sizes.sum())
    return Coverage(who, share, error, int(sizes.sum()))


def measure(name: str, ratings: Ratings, seed: int) -> list[tuple[str, Coverage]]:
    found = []
    for tested, split in SPLITS.items():
        train, test = map(ratings.take, split(ratings, seed))
        for learned in SPLITS:
            factors = calibrated(train, learned, seed)
            title = f"{name}, learned by {learned}, tested by {tested}"
            found += [(title, row) for row in coverage(factors.items, everybody(factors, test))]
    for split in SPLITS:
        title = f"{name}, learned by {split}, tested by {split}"
        found += [(title, row) for row in of_new_people(ratings, split, seed)]
    return found


def bar(title: str, row: Coverage) -> tuple[float, float] | None:
    """The share that has to be inside, or None where nothing is promised.

    Nothing is promised for weights learned one way and tested another, which show the drift over
    time, nor for movies without ratings, which are few and placed by genre.
    """
    learned, tested = re.findall(r"by (\w+)", title)
    if learned != tested or row.who == "movies with 0 ratings":
        return None
    return OVERALL if row.who == "all" else EACH


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    answers = []
    shown = ""
    for path in options.paths:
        for title, row in measure(path.stem, read(path), options.seed):
            limits = bar(title, row)
            ok = limits is None or limits[0] <= row.share <= limits[1]
            answers.append(
                {
                    "name": f"{title}: {row.who}",
                    "value": round(row.share, 4),
                    "unit": "share inside the 80 % interval",
                    "bar": limits,
                    "ok": ok,
                    "standard_error": round(row.standard_error, 4),
                    "n": row.n_ratings,
                }
            )
            if options.json:
                continue
            if title != shown:
                print(f"\n{title}")
                shown = title
            wanted = (
                f"{limits[0]:.2f}-{limits[1]:.2f} {'ok' if ok else 'MISSED'}" if limits else "-"
            )
            print(
                f"  {row.who:32s} {row.share:.3f} +- {row.standard_error:.3f}"
                f"  n {row.n_ratings:6d}  bar {wanted}"
            )
    if options.json:
        print(json.dumps(answers, indent=1))


if __name__ == "__main__":
    main()
