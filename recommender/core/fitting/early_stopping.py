"""Choose the number of epochs and sweeps on held-out ratings.

A pilot fit of the rating block leaves out a tenth of each user's ratings, the newest where times
are known, and measures the error on it after every epoch and every closed-form sweep. It stops
where the error stops falling, and the fit proper goes just as far. Small sites need more sweeps,
large ones fewer of both, by a rule; no fixed number serves both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from recommender.core.evaluation import splits
from recommender.core.factors import Epoch
from recommender.core.fitting.diverged import FitDiverged
from recommender.core.fitting.engines import Engine
from recommender.core.fitting.rating_block import RatingBlock
from recommender.core.fitting.sides import Handles
from recommender.core.fitting.source import InMemory, RatingSource
from recommender.core.hyperparameters import LARGE, Hyperparameters
from recommender.core.ratings import Ratings

SLICE = 0.1
# The error on fewer held-out ratings is noise.
FEWEST_HELD_OUT = 500
PATIENCE = 3  # epochs without a new best


def choose_lengths(
    source: RatingSource,
    hyperparameters: Hyperparameters,
    seed: int,
    engine: Engine,
    report: Callable[[Epoch], None],
) -> Hyperparameters:
    """The same settings with `n_epochs` and `n_sweeps` set to what the slice asked for.

    The given numbers are the most that is tried, and stand where there is too little to try on:
    small sites gain from every sweep. Large sites take fewer of both by a rule: what some of the
    users ask for says little there, since to them all items are rarely rated. `report` is called
    after each epoch, as for the fit itself.
    """
    n_ratings = int(source.user_counts.sum())
    if n_ratings >= LARGE:
        size = n_ratings / LARGE
        return replace(
            hyperparameters,
            n_epochs=max(1, round(hyperparameters.n_epochs * size**-0.3)),
            n_sweeps=round(hyperparameters.n_sweeps * size**-0.7),
        )
    ratings = source.read(0, source.user_ids.size)
    train, left_out = map(ratings.take, _split(ratings, seed))
    if len(left_out) < FEWEST_HELD_OUT:
        return hyperparameters
    block = RatingBlock(InMemory(train), hyperparameters, np.random.default_rng(seed), engine)
    held_out = block.held_out(left_out)
    n_epochs = _epochs(block, held_out, hyperparameters, report)
    return replace(
        hyperparameters, n_epochs=n_epochs, n_sweeps=_sweeps(block, held_out, hyperparameters)
    )


def _split(ratings: Ratings, seed: int) -> splits.Split:
    if ratings.times is not None:
        return splits.temporal(ratings, SLICE, seed)
    rows = np.random.default_rng(seed).permutation(len(ratings)).astype(np.int64)
    n_held_out = int(len(ratings) * SLICE)
    return rows[n_held_out:], rows[:n_held_out]


def _epochs(
    block: RatingBlock, held_out: Handles, p: Hyperparameters, report: Callable[[Epoch], None]
) -> int:
    """The epoch with the lowest error; the block is left as it was there."""
    lowest, best, kept = np.inf, 1, block.state()
    for number in range(p.n_epochs):
        train_rmse = block.run_epoch(p.learning_rate * p.decay**number)
        error = block.rmse(held_out)
        report(Epoch("pilot", number + 1, p.n_epochs, train_rmse, error))
        if not np.isfinite(error):
            raise FitDiverged(f"validation RMSE {error} after epoch {number + 1}")
        if error < lowest:
            lowest, best, kept = error, number + 1, block.state()
        elif number + 1 - best >= PATIENCE:
            break
    block.restore(kept)
    return best


def _sweeps(block: RatingBlock, held_out: Handles, p: Hyperparameters) -> int:
    """The number of sweeps before the error first fails to fall."""
    lowest, users = np.inf, block.solve_users()
    for number in range(p.n_sweeps):
        block.sweep(number, users)
        users = block.solve_users()
        error = block.rmse(held_out)
        if not error < lowest:
            return number
        lowest = error
    return p.n_sweeps
