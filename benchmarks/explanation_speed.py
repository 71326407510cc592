"""Time to explain a prediction: 60,000 movies, factors 64 + 64 wide, a user with 200 ratings.

    python -m benchmarks.explanation_speed [--json]

In process, without the database. The last line is for comparison: solving again without each
rating.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from recommender.core import ItemFactors, UserRatings, explain, prediction_std, reasons_for

N_ITEMS, WIDTH, N_RATINGS, TARGET = 60_000, 64, 200, 7
BAR_MS = 15.0
PICKS = np.arange(100, 124)


def random_items(rng: np.random.Generator) -> ItemFactors:
    def rows(sd: float) -> np.ndarray:
        return rng.standard_normal((N_ITEMS, WIDTH), np.float32) * np.float32(sd)

    return ItemFactors(
        global_mean=3.5,
        item_ids=np.arange(N_ITEMS),
        n_ratings=rng.geometric(0.02, N_ITEMS).astype(np.int32),
        bias=rows(0.4)[:, 0],
        vectors=rows(0.15),
        implicit=rows(0.1),
        interest=rows(0.2),
        variance=np.abs(rows(0.01)) + np.float32(0.01),
        mean_user_bias=0.05,
        mean_user_vector=rows(0.05)[0],
        mean_interest=rows(0.05)[0],
        noise=0.75,
        user_strength=20.0,
        user_bias_strength=5.0,
    )


def milliseconds(call: Callable[[], object], times: int) -> float:
    call()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        took.append(time.perf_counter() - started)
    return 1000 * float(np.median(took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    items = random_items(rng)
    index = rng.permutation(N_ITEMS)[:N_RATINGS]
    stars = rng.integers(1, 11, N_RATINGS) / np.float32(2)
    own = UserRatings(index, stars)

    def one_by_one() -> None:
        for left_out in range(N_RATINGS):
            rest = UserRatings(np.delete(index, left_out), np.delete(stars, left_out))
            explain(items, rest, TARGET, without=0)

    calls: list[tuple[str, Callable[[], object], int, float | None]] = [
        ("explanation of one movie", lambda: explain(items, own, TARGET), 30, BAR_MS),
        ("short reasons of 24 picks", lambda: reasons_for(items, own, PICKS), 30, BAR_MS),
        ("intervals of 24 picks", lambda: prediction_std(items, own, PICKS), 30, BAR_MS),
        ("one solution for each rating", one_by_one, 3, None),
    ]
    answers = []
    for name, call, times, bar in calls:
        value = milliseconds(call, times)
        ok = bar is None or value <= bar
        answers.append({"name": name, "value": value, "unit": "ms", "bar": bar, "ok": ok})
        if not options.json:
            print(f"{name:30s} {value:8.2f} ms" + (f"  bar {bar:.0f} ms" if bar else ""))
    if options.json:
        print(json.dumps(answers, indent=1))


if __name__ == "__main__":
    main()
