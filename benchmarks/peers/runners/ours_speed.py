"""This project's SGD kernel alone, and its whole fit.

Kernel: the epochs of the rating block, counting only the time in which SGD steps run; the implicit
part, which an epoch of the defaults also solves, is reported separately. Fit: from arrays to fitted
factors, both blocks and the closed-form sweeps.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from columns import MILLION, arguments, clock, dot, rates, read, rmse, tell
from exchange import peak_rss

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from recommender.core import Hyperparameters, Ratings, fit
from recommender.core.fitting.engines import Local
from recommender.core.fitting.rating_block import RatingBlock, learn_pair
from recommender.core.fitting.source import InMemory

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
DEFAULTS_32_WIDE = {"n_factors": 30}


class Timed(Local):
    """Threads that measure the time of SGD steps."""

    def __init__(self, n_threads: int) -> None:
        super().__init__(n_threads)
        self.steps = np.zeros(2)

    def map(self, task: Callable[..., Any], *columns: Sequence[Any]) -> list[Any]:
        start = clock()
        results = super().map(task, *columns)
        if task is learn_pair:
            self.steps += clock() - start
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
    with Timed(asked["threads"]) as engine:
        chosen_p = p.for_counts(np.bincount(ratings.user_index))
        block = RatingBlock(InMemory(ratings), chosen_p, np.random.default_rng(0), engine)
        start = clock()
        for number in range(asked["epochs"]):
            block.run_epoch(p.learning_rate * p.decay**number)
        epochs, total = clock() - start, clock() - begin
    if not engine.steps.any():
        raise SystemExit("Error: no step of the kernel was seen.")
    users, items, stars = read(asked["folder"], "test")
    updates = len(ratings) * asked["epochs"]
    tell(
        seconds=total[0],
        epoch_updates=updates / epochs[0],
        rmse=rmse(predict(block, users, items), stars),
        **rates(updates, engine.steps),
    )


def predict(block: RatingBlock, users: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Stars on local handles, which are the arrays themselves."""
    [item_rows] = block.items.rows
    cut = block.ratings.cut
    return block.ratings.global_mean + dot(
        np.concatenate(block.users.rows), item_rows, users, cut.item_rows[items]
    )


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
