"""This project's SGD kernel alone, and its whole fit.

Kernel: the epochs of the rating block, counting only the time in which its workers run SGD steps;
the implicit part, which an epoch of the defaults also solves, is reported separately. Fit: from
arrays to fitted factors, both blocks and the closed-form sweeps.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from columns import MILLION, arguments, clock, rates, read, rmse, tell
from exchange import peak_rss

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from recommender.core import Hyperparameters, Ratings, fit
from recommender.core.fitting.rating_block import RatingBlock
from recommender.core.fitting.threads import Workers, workers

# Biased matrix factorisation and nothing else, as LIBMF does it without the biases.
PLAIN = {
    "n_factors": 30,
    "learning_rate": 0.05,
    "decay": 0.8,
    "init_sd": 0.05,
    "regularization": 0.03,
    "regularization_power": 0.0,
    "bias_share": 1.0,
    "leave_one_out": False,
    "implicit_iterations": 0,
}
# What the compiled step over a block of ratings is called.
STEPS = "rating_steps"
DEFAULTS_32_WIDE = {"n_factors": 30}


class TimedWorkers(Workers):
    """Workers that measure the time of each kind of call."""

    def __init__(self, inner: Workers) -> None:
        self.inner, self.seconds = inner, defaultdict(lambda: np.zeros(2))

    def run(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        start = clock()
        results = self.inner.run(calls)
        name = getattr(getattr(calls[0], "func", calls[0]), "__name__", "")
        self.seconds[name] += clock() - start
        return results


def ratings_of(asked: dict, parts: tuple[str, ...], limit: int | None = None) -> Ratings:
    columns = [read(asked["folder"], part, limit) for part in parts]
    users, items, stars = (np.concatenate(same) for same in zip(*columns, strict=True))
    ids = (np.arange(asked["n_users"]), np.arange(asked["n_items"]))
    return Ratings(*ids, users, items, stars)


def warm(asked: dict, p: Hyperparameters) -> None:
    """Compile the kernels, or load them from disk, before the clock runs."""
    fit(ratings_of(asked, ("train",), 20_000), p, n_threads=asked["threads"])


def kernel(asked: dict) -> None:
    chosen = PLAIN if asked["setting"] == "plain" else DEFAULTS_32_WIDE
    p = Hyperparameters.from_dict({**Hyperparameters().to_dict(), **chosen})
    warm(asked, p)
    ratings = ratings_of(asked, ("train",))
    begin = clock()
    with workers(asked["threads"]) as inner:
        timed = TimedWorkers(inner)
        block = RatingBlock(ratings, p, np.random.default_rng(0), timed)
        timed.seconds.clear()
        start = clock()
        for number in range(asked["epochs"]):
            block.run_epoch(p.learning_rate * p.decay**number)
        epochs, total = clock() - start, clock() - begin
    steps = sum(
        (spent for name, spent in timed.seconds.items() if STEPS in name), start=np.zeros(2)
    )
    if not steps.any():
        raise SystemExit(f"Error: no worker ran {STEPS}, but {', '.join(timed.seconds)}.")
    users, items, stars = read(asked["folder"], "test")
    updates = len(ratings) * asked["epochs"]
    tell(
        seconds=total[0],
        epoch_updates=updates / epochs[0],
        rmse=rmse(predict(block, users, items), stars),
        **rates(updates, steps),
    )


def predict(block: RatingBlock, users: np.ndarray, items: np.ndarray) -> np.ndarray:
    size = 500_000
    starts = range(0, users.size, size)
    return np.concatenate([block.predict(users[k : k + size], items[k : k + size]) for k in starts])


def whole_fit(asked: dict) -> None:
    warm(asked, Hyperparameters())
    ratings = ratings_of(asked, tuple(asked["parts"]))
    start = clock()
    factors = fit(ratings, seed=0, n_threads=asked["threads"])
    seconds, rss = clock() - start, peak_rss()
    users, items, stars = read(asked["folder"], "test", MILLION)
    tell(
        seconds=seconds[0],
        processor=seconds[1],
        rss=rss,
        rmse=rmse(factors.predict(users, items), stars),
    )


asked = arguments()
whole_fit(asked) if asked["setting"] == "fit" else kernel(asked)
