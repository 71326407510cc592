"""Choose the number of epochs and sweeps on held-out ratings.

A pilot fit of the rating block leaves out a tenth of each user's ratings, the newest where times
are known, and measures the error on it after every epoch and every closed-form sweep. It stops
where the error stops falling, and the fit proper goes just as far. Small sites need more sweeps,
large ones fewer epochs; no fixed number serves both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from recommender.core.evaluation import splits
from recommender.core.factors import Epoch
from recommender.core.fitting.rating_block import RatingBlock
from recommender.core.fitting.threads import Workers
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.ratings import Ratings

SLICE = 0.1
# The error on fewer held-out ratings is noise.
FEWEST_HELD_OUT = 500
# More users would say the same, later.
MOST_RATINGS = 500_000
PATIENCE = 3  # epochs without a new best


def choose_lengths(
    ratings: Ratings,
    hyperparameters: Hyperparameters,
    seed: int,
    workers: Workers,
    report: Callable[[Epoch], None],
) -> Hyperparameters:
    """The same settings with `n_epochs` and `n_sweeps` set to what the slice asked for.

    The given numbers are the most that is tried, and stand where there is too little to try on:
    small sites gain from every sweep. `report` is called after each epoch, as for the fit itself.
    """
    ratings = _some_people(ratings, seed)
    train, held_out = map(ratings.take, _split(ratings, seed))
    if len(held_out) < FEWEST_HELD_OUT:
        return hyperparameters
    block = RatingBlock(train, hyperparameters, np.random.default_rng(seed), workers)
    n_epochs = _epochs(block, held_out, hyperparameters, report)
    return replace(
        hyperparameters, n_epochs=n_epochs, n_sweeps=_sweeps(block, held_out, hyperparameters)
    )


def _some_people(ratings: Ratings, seed: int) -> Ratings:
    """All ratings of so many users, drawn at random, that MOST_RATINGS are enough."""
    if len(ratings) <= MOST_RATINGS:
        return ratings
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    drawn = np.random.default_rng(seed).permutation(ratings.n_users)
    chosen = np.zeros(ratings.n_users, np.bool_)
    chosen[drawn[: np.searchsorted(np.cumsum(counts[drawn]), MOST_RATINGS)]] = True
    some = ratings.take(chosen[ratings.user_index])
    # Rows of the others would only be carried along.
    rows = np.cumsum(chosen, dtype=np.int32) - np.int32(1)
    return replace(some, user_ids=ratings.user_ids[chosen], user_index=rows[some.user_index])


def _split(ratings: Ratings, seed: int) -> splits.Split:
    if ratings.times is not None:
        return splits.temporal(ratings, SLICE, seed)
    rows = np.random.default_rng(seed).permutation(len(ratings)).astype(np.int64)
    n_held_out = int(len(ratings) * SLICE)
    return rows[n_held_out:], rows[:n_held_out]


def _epochs(
    block: RatingBlock, held_out: Ratings, p: Hyperparameters, report: Callable[[Epoch], None]
) -> int:
    """The epoch with the lowest error; the block is left as it was there."""
    lowest, best, kept = np.inf, 1, block.state()
    for number in range(p.n_epochs):
        train_rmse = block.run_epoch(p.learning_rate * p.decay**number)
        error = block.rmse(held_out)
        report(Epoch("pilot", number + 1, p.n_epochs, train_rmse, error))
        if error < lowest:
            lowest, best, kept = error, number + 1, block.state()
        elif number + 1 - best >= PATIENCE or not np.isfinite(error):
            break
    block.restore(kept)
    return best


def _sweeps(block: RatingBlock, held_out: Ratings, p: Hyperparameters) -> int:
    """The number of sweeps before the error first fails to fall."""
    lowest, users = np.inf, block.solve("users")
    for number in range(p.n_sweeps):
        block.sweep(number, users)
        users = block.solve("users")
        error = block.rmse(held_out)
        if not error < lowest:
            return number
        lowest = error
    return p.n_sweeps
