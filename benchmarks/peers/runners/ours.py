"""This project's fit with its defaults, and its baselines, as a peer."""

import sys
import time
from pathlib import Path

import numpy as np
from exchange import Answer, Task, serve

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from recommender.core import Ratings, fit, score_items
from recommender.core.evaluation.baselines import Baseline, BiasOnly, Popularity
from recommender.core.evaluation.item_item_baselines import Ease


def ratings_of(task: Task) -> Ratings:
    ids = (np.arange(task.n_users), np.arange(task.n_items))
    return Ratings(*ids, task.users, task.items, task.stars, task.times)


def answer(task: Task) -> Answer:
    ratings = ratings_of(task)
    fit(ratings.take(np.arange(0, len(ratings), 20)), seed=1, n_threads=1)  # compiles or loads
    start = time.perf_counter()
    factors = fit(ratings, seed=0, n_threads=1)
    seconds = time.perf_counter() - start
    predicted = factors.predict(task.test_users, task.test_items)
    scores = None
    if task.wants_scores:
        people = range(task.n_users)
        scores = np.stack([score_items(factors.items, factors.user_vector(u)) for u in people])
    return Answer(seconds, predicted, scores)


def baseline(task: Task, make: type[Baseline], has_stars: bool) -> Answer:
    start = time.perf_counter()
    model = make(ratings_of(task))
    seconds = time.perf_counter() - start
    predicted = model.predict(task.test_users, task.test_items) if has_stars else None
    scores = model.score(np.arange(task.n_users)) if task.wants_scores else None
    return Answer(seconds, predicted, scores)


serve(
    {
        "ours": answer,
        "biases": lambda task: baseline(task, BiasOnly, has_stars=True),
        "popularity": lambda task: baseline(task, Popularity, has_stars=False),
        "ease": lambda task: baseline(task, Ease, has_stars=False),
    }
)
