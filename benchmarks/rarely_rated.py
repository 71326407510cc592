"""Do rarely rated movies fill the lists, and what does discounting them cost?

    python -m benchmarks.rarely_rated ml-100k.npz ratings.csv ... [--json]

Measures each data set as it is, and as a young site: 20 of its users, plus 300 movies with one
5-star rating each (mean of 20 such sites, because one alone says little). Compares lists of ten by
`score_items` with and without the discount, `ItemFactors.confidence`. The last fifth of each user's
ratings is held out.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.calibration import by_time, read
from recommender.core import Factors, Ratings, fit, score_items, top_n
from recommender.core.evaluation.metrics import list_report, rows_by_user

N_USERS, N_NEW_MOVIES, RARELY = 20, 300, 2
YOUNG_SITES = 20
MOST_LOST, MOST_LISTED = 0.001, 1.0


def young_site(ratings: Ratings, rng: np.random.Generator) -> Ratings:
    people = rng.permutation(ratings.n_users)[:N_USERS]
    few = ratings.take(np.isin(ratings.user_index, people))
    new = ratings.item_ids.max() + 1 + np.arange(N_NEW_MOVIES)
    return Ratings.from_triples(
        np.append(few.user_ids[few.user_index], few.user_ids[rng.choice(people, N_NEW_MOVIES)]),
        np.append(few.item_ids[few.item_index], new),
        np.append(few.stars, np.full(N_NEW_MOVIES, 5.0)),
        np.append(few.times, np.full(N_NEW_MOVIES, few.times.min())),
    )


def without_discount(factors: Factors) -> Factors:
    items = replace(factors.items)
    vars(items)["confidence"] = np.ones(items.n_items, np.float32)
    return replace(factors, items=items)


def measure(factors: Factors, test: Ratings) -> dict[str, float]:
    def scores(people: np.ndarray) -> np.ndarray:
        return np.stack([score_items(factors.items, factors.user_vector(u)) for u in people])

    train, known = factors.ratings, rows_by_user(factors.ratings)
    report = list_report(train, test, scores)
    listed = [
        top_n(scores(np.array([u]))[0], 10, exclude=train.item_index[own])
        for u, own in enumerate(known)
        if own.size
    ]
    rarely = [int((factors.items.n_ratings[rows] <= RARELY).sum()) for rows in listed]
    return {
        "ndcg": report.ndcg,
        "coverage": report.coverage,
        "rarely": float(np.mean(rarely)),
        "most": max(rarely),
    }


def both(sites: list[Ratings], seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """With and without the discount; means over the sites."""
    found = []
    for ratings in sites:
        train, test = map(ratings.take, by_time(ratings, seed))
        factors = fit(train, seed=seed)
        found.append((measure(factors, test), measure(without_discount(factors), test)))
    discounted, without = (
        {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
        for rows in zip(*found, strict=True)
    )
    return discounted, without


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    answers = []
    for path in options.paths:
        whole, rng = read(path), np.random.default_rng(options.seed)
        young = [young_site(whole, rng) for _ in range(YOUNG_SITES)]
        for name, sites in ((path.stem, [whole]), (f"{path.stem}, young", young)):
            discounted, without = both(sites, options.seed)
            gained = discounted["ndcg"] - without["ndcg"]
            for what, value, unit, bar, ok in (
                ("change of NDCG@10", gained, "", -MOST_LOST, gained >= -MOST_LOST),
                (
                    f"movies of at most {RARELY} ratings in a top 10, mean",
                    discounted["rarely"],
                    "movies",
                    MOST_LISTED,
                    discounted["rarely"] <= MOST_LISTED,
                ),
            ):
                answers.append(
                    {"name": f"{name}: {what}", "value": value, "unit": unit, "bar": bar, "ok": ok}
                )
            if not options.json:
                print(name)
                for label, row in (("discounted", discounted), ("plain", without)):
                    print(
                        f"  {label:11s} NDCG@10 {row['ndcg']:.4f}  coverage {row['coverage']:4.0f}"
                        f"  rarely rated in a top 10: mean {row['rarely']:.2f},"
                        f" most {row['most']:.1f}"
                    )
    if options.json:
        print(json.dumps(answers, indent=1))


if __name__ == "__main__":
    main()
