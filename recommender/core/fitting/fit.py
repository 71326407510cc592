"""Fit both blocks of factors to ratings.

Rating block: stochastic gradient descent on squared error from random factors, then sweeps of
closed-form solutions (`rating_block`). Interest block: the same descent on rated against not rated
(`interest_block`). Last pass: every user's row is the closed-form solution given the items, as on a
live page (`fold_in`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender.core.covariance import gram_and_covariance
from recommender.core.factors import Epoch, Factors, ItemFactors
from recommender.core.fitting.diverged import FitDiverged as FitDiverged
from recommender.core.fold_in import interest_weights, stars_weights
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.ratings import Float64, Ratings
from recommender.core.recency import ages_by_user
from recommender.core.unrated_items import fill_unrated

if TYPE_CHECKING:
    from recommender.core.fitting.interest_block import InterestBlock
    from recommender.core.fitting.rating_block import RatingBlock

OnEpoch = Callable[[Epoch], None]

_MOST_RESTARTS = 3
# Two standard deviations: twice as bad as predicting the mean is not learning any more.
_DIVERGED = 2.0

_one_fit_at_a_time = Lock()


def fit(
    ratings: Ratings,
    hyperparameters: Hyperparameters | None = None,
    seed: int = 0,
    on_epoch: OnEpoch | None = None,
    warm_start: Factors | None = None,
    item_genres: Any = None,
    *,
    validation: Ratings | None = None,
    n_threads: int | None = None,
) -> Factors:
    """Learn all factors from ratings; the same bytes for a seed whatever the number of threads.

    on_epoch: called after each epoch; what it raises ends the fit. warm_start: factors of an
    earlier fit to start from, matched by id. item_genres: (n_items, n_genres) rows of
    ratings.item_ids, from which unrated items get a place. validation: held-out ratings under
    the same vocabularies, measured after each epoch, never learned from.

    >>> again = fit(ratings, small, seed=0, n_threads=1)
    >>> bool((again.items.vectors == factors.items.vectors).all())
    True

    Raises:
        ValueError: ratings nothing can be learned from.
        FitDiverged: three restarts, each at half the learning rates, did not help.
    """
    p = hyperparameters or Hyperparameters()
    ratings.check()
    for restart in range(_MOST_RESTARTS + 1):
        rate = p.learning_rate * 0.5**restart
        slower = replace(
            p,
            learning_rate=rate,
            interest_learning_rate=p.interest_learning_rate * 0.5**restart,
        )
        attempt = _Fit(slower, seed, on_epoch, n_threads, validation)
        try:
            with _one_fit_at_a_time, np.errstate(over="ignore", invalid="ignore"):
                factors = attempt.run(ratings, warm_start, item_genres)
        except FitDiverged:
            continue
        factors.metrics["restarts"] = restart
        return factors
    raise FitDiverged(
        f"the fit diverged at learning rate {p.learning_rate:g}, and at all down to {rate:g}"
    )


class _Fit:
    """One attempt at a fit."""

    def __init__(
        self,
        hyperparameters: Hyperparameters,
        seed: int,
        on_epoch: OnEpoch | None,
        n_threads: int | None,
        validation: Ratings | None,
    ) -> None:
        self.p, self.seed, self.on_epoch = hyperparameters, seed, on_epoch
        self.n_threads, self.validation = n_threads, validation
        self.curve: list[Epoch] = []

    def run(self, ratings: Ratings, warm_start: Factors | None, item_genres: Any) -> Factors:
        from recommender.core.fitting.early_stopping import choose_lengths
        from recommender.core.fitting.interest_block import InterestBlock
        from recommender.core.fitting.rating_block import RatingBlock
        from recommender.core.fitting.threads import workers

        self.ages = _ages_by_user_row(ratings)
        rng, interest_rng = np.random.default_rng(self.seed).spawn(2)
        self.p = self.p.for_data(ratings)
        with workers(self.n_threads) as pool:
            if self.p.early_stopping and warm_start is None:
                self.p = choose_lengths(ratings, self.p, self.seed, pool, self._note)
            stars = RatingBlock(ratings, self.p, rng, pool)
            interest = InterestBlock(ratings, self.p, interest_rng, pool)
            if warm_start is not None:
                stars.start_from(warm_start, ratings)
                interest.start_from(warm_start, ratings)
            self._fit_stars(stars, ratings, warm_start is not None)
            self._fit_interest(interest, warm_start is not None)
            return self._collect(ratings, stars, interest, item_genres)

    def _fit_stars(self, block: RatingBlock, ratings: Ratings, warm: bool) -> None:
        p = self.p
        n_epochs = p.warm_epochs if warm else p.n_epochs
        first_rate = min(p.warm_learning_rate, p.learning_rate) if warm else p.learning_rate
        spread = float(ratings.stars.std(dtype=np.float64))
        for number in range(n_epochs):
            rmse = block.run_epoch(first_rate * p.decay**number)
            self._report("rating", number + 1, n_epochs, rmse, self._validate(block))
            if not rmse <= _DIVERGED * max(spread, 0.5):
                raise FitDiverged(f"training RMSE {rmse} after epoch {number + 1}")
        for number in range(p.n_sweeps):
            block.sweep(number)
        counts = np.repeat(block.users.counts, block.users.counts)
        self.mean_person = block.finish(stars_weights(p, self.ages, counts).astype(np.float32))
        if not (np.isfinite(block.users.rows).all() and np.isfinite(block.items.rows).all()):
            raise FitDiverged("factors are not finite")

    def _fit_interest(self, block: InterestBlock, warm: bool) -> None:
        p = self.p
        n_epochs = p.warm_epochs if warm else block.n_epochs()
        rate = p.warm_interest_learning_rate if warm else p.interest_learning_rate
        # However many epochs, the last one steps as far as the last of all.
        decay = p.interest_decay ** (1.0 if warm else p.interest_epochs / n_epochs)
        for number in range(n_epochs):
            rmse = block.run_epoch(rate * decay**number)
            self._report("interest", number + 1, n_epochs, rmse, None)
            if not np.isfinite(rmse):
                raise FitDiverged(f"interest block, epoch {number + 1}")
        if not np.isfinite(block.item_rows).all():
            raise FitDiverged("interest factors are not finite")

    def _validate(self, block: RatingBlock) -> float | None:
        held_out = self.validation
        if held_out is None or not len(held_out):
            return None
        return block.rmse(held_out)

    def _report(
        self, block: str, epoch: int, n_epochs: int, rmse: float, validation: float | None
    ) -> None:
        self._note(Epoch(block, epoch, n_epochs, rmse, validation))

    def _note(self, epoch: Epoch) -> None:
        self.curve.append(epoch)
        if self.on_epoch is not None:
            self.on_epoch(epoch)

    def _collect(
        self, ratings: Ratings, stars: RatingBlock, interest: InterestBlock, item_genres: Any
    ) -> Factors:
        k, k2 = self.p.n_factors, self.p.interest_factors
        items, users = stars.items, stars.users
        is_rated = items.counts > 0
        vectors, bias = items.rows[:, 2 : 2 + k].copy(), items.rows[:, 1].copy()
        item_interest = interest.item_rows[:, :k2].copy()
        fill_unrated(is_rated, item_genres, [vectors, bias[:, None], item_interest])
        user_interest, mean_interest = interest.solve_users(
            *gram_and_covariance(item_interest[is_rated]),
            interest_weights(self.p, self.ages).astype(np.float32),
        )
        active = users.counts > 0
        item_factors = ItemFactors(
            global_mean=stars.global_mean,
            item_ids=ratings.item_ids,
            n_ratings=items.counts.astype(np.int32),
            bias=bias,
            vectors=vectors,
            implicit=items.implicit[:, 2 : 2 + k].copy(),
            interest=item_interest,
            variance=items.variance[:, 2 : 2 + k].copy(),
            mean_user_bias=self.mean_person[0],
            mean_user_vector=self.mean_person[1],
            mean_interest=mean_interest,
            noise=stars.noise,
            user_strength=stars.user_strength,
            user_bias_strength=stars.user_bias_strength,
            hyperparameters=self.p,
        )
        user_bias, user_factors = users.rows[:, 0].copy(), users.rows[:, 2 : 2 + k].copy()
        user_bias[~active] = item_factors.mean_user_bias
        user_factors[~active] = item_factors.mean_user_vector
        return Factors(
            items=item_factors,
            user_ids=ratings.user_ids,
            user_bias=user_bias,
            user_factors=user_factors,
            user_implicit=users.implicit[:, 2 : 2 + k].copy(),
            user_interest=user_interest,
            ratings=ratings,
            seed=self.seed,
            curve=tuple(self.curve),
            metrics={
                "learning_rate": self.p.learning_rate,
                "noise": stars.noise,
                "n_epochs": self.p.n_epochs,
                "n_sweeps": self.p.n_sweeps,
            },
        )


def _ages_by_user_row(ratings: Ratings) -> Float64:
    """(n,) age of each rating in steps, in the order in which both blocks have a user's ratings."""
    from recommender.core.fitting.sgd_kernels import group

    times = ratings.times
    if times is None:  # in the order given; a minute apart, so that each one is a step
        times = np.arange(len(ratings), dtype=np.float64) * 60.0
    return ages_by_user(ratings.user_index, times)[group(ratings.user_index, ratings.n_users)[1]]
