"""Time of one user's list and one explanation in this process, compared with plain numpy.

Part of benchmarks/serving.py: needs the database filled by large_site.py. Prints three medians in
milliseconds as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import django
import numpy as np

django.setup()

from accounts.models import User  # noqa: E402
from recommender.core import UserRatings, explain, fold_in, score_items, top_n  # noqa: E402
from recommender.core.ranking import user_ranking  # noqa: E402
from recommender.serving import model_cache, users  # noqa: E402

WANTED = 20


def main(rounds: int) -> None:
    model = model_cache.current_model()
    items = model.items
    user_ratings = users.fold_in_user(model, User.objects.get(username="person0")).user_ratings
    unsolved = UserRatings(**user_ratings.arguments())
    vector = user_ranking(items, fold_in(items, **user_ratings.arguments()))

    def ours() -> np.ndarray:
        user = fold_in(items, **user_ratings.arguments())
        return top_n(score_items(items, user), WANTED, exclude=user_ratings.item_index)

    def plain_numpy() -> np.ndarray:
        scores = items.ranking @ vector
        return np.argpartition(scores, -WANTED)[-WANTED:]

    def explained() -> object:
        return explain(items, unsolved, target_index=5)

    taken = {call: [] for call in (ours, plain_numpy, explained)}
    for _ in range(rounds):  # in turns, so that other load affects all alike
        for call, times in taken.items():
            times.append(_milliseconds(call))
    json.dump([float(np.median(times[rounds // 10 :])) for times in taken.values()], sys.stdout)


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main(int(sys.argv[1]))
