"""Fit both blocks of factors to ratings.

Rating block: stochastic gradient descent on squared error from random factors, then sweeps of
closed-form solutions (`rating_block`). Interest block: the same descent on rated against not rated
(`interest_block`). Last pass: every user's row is the closed-form solution given the items, as on a
live page (`fold_in`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender.core.covariance import gram_and_covariance
from recommender.core.factors import Epoch, Factors, ItemFactors
from recommender.core.fitting.diverged import FitDiverged as FitDiverged
from recommender.core.fitting.source import InMemory, RatingSource
from recommender.core.fitting.user_rows import UserRows, finish_rows
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.ratings import Float32, Ratings
from recommender.core.unrated_items import fill_unrated

if TYPE_CHECKING:
    from recommender.core.fitting.engines import Engine
    from recommender.core.fitting.interest_block import InterestBlock
    from recommender.core.fitting.rating_block import RatingBlock

OnEpoch = Callable[[Epoch], None]
OnUsers = Callable[[UserRows], None]

_MOST_RESTARTS = 3
# Two standard deviations: twice as bad as predicting the mean is not learning any more.
_DIVERGED = 2.0

_one_fit_at_a_time = Lock()


def fit(
    ratings: Ratings | RatingSource,
    hyperparameters: Hyperparameters | None = None,
    seed: int = 0,
    on_epoch: OnEpoch | None = None,
    warm_start: Factors | None = None,
    item_genres: Any = None,
    *,
    validation: Ratings | None = None,
    on_users: OnUsers | None = None,
    n_threads: int | None = None,
    engine: Engine | None = None,
) -> Factors:
    """Learn all factors from ratings; the same bytes for a seed whatever it runs on.

    ratings: in memory, or a source that every part of the fit reads its own from; the factors hold
    a copy of all of them either way. on_epoch: called after each epoch; what it raises ends the
    fit. warm_start: factors of an earlier fit to start from, matched by id. item_genres: (n_items,
    n_genres) rows of ratings.item_ids, from which unrated items get a place. validation: held-out
    ratings under the same vocabularies, measured after each epoch, never learned from. on_users:
    called with the finished rows of each part of the users, on the machine that has them and once
    more if that is lost; picklable. n_threads: of this process, all when None. engine: where the
    fit runs instead (`engines`).

    >>> again = fit(ratings, small, seed=0, n_threads=1)
    >>> bool((again.items.vectors == factors.items.vectors).all())
    True

    Raises:
        ValueError: ratings nothing can be learned from.
        FitDiverged: three restarts, each at half the learning rates, did not help.
    """
    from recommender.core.fitting.engines import Local

    p = hyperparameters or Hyperparameters()
    if isinstance(ratings, Ratings):
        ratings.check()
    source = InMemory(ratings) if isinstance(ratings, Ratings) else ratings
    if not source.user_counts.sum():
        raise ValueError("there are no ratings to learn from")
    with ExitStack() as stack:
        stack.enter_context(_one_fit_at_a_time)
        stack.enter_context(np.errstate(over="ignore", invalid="ignore"))
        runs_on = engine or stack.enter_context(Local(n_threads))
        for restart in range(_MOST_RESTARTS + 1):
            attempt = _Fit(_slower(p, 0.5**restart), seed, on_epoch, runs_on, validation)
            try:
                factors = attempt.run(source, warm_start, item_genres, on_users)
            except FitDiverged:
                continue
            factors.metrics["restarts"] = restart
            return factors
    raise FitDiverged(
        f"the fit diverged at learning rate {p.learning_rate:g}, and at all down to "
        f"{attempt.p.learning_rate:g}"
    )


def _slower(p: Hyperparameters, share: float) -> Hyperparameters:
    return replace(
        p,
        learning_rate=p.learning_rate * share,
        interest_learning_rate=p.interest_learning_rate * share,
    )


class _Fit:
    """One attempt at a fit."""

    def __init__(
        self,
        hyperparameters: Hyperparameters,
        seed: int,
        on_epoch: OnEpoch | None,
        engine: Engine,
        validation: Ratings | None,
    ) -> None:
        self.p, self.seed, self.on_epoch = hyperparameters, seed, on_epoch
        self.engine, self.validation = engine, validation
        self.curve: list[Epoch] = []

    def run(
        self,
        source: RatingSource,
        warm_start: Factors | None,
        item_genres: Any,
        on_users: OnUsers | None,
    ) -> Factors:
        from recommender.core.fitting.early_stopping import choose_lengths
        from recommender.core.fitting.interest_block import InterestBlock
        from recommender.core.fitting.rating_block import RatingBlock

        rng, interest_rng = np.random.default_rng(self.seed).spawn(2)
        self.p = self.p.for_counts(source.user_counts)
        if self.p.early_stopping and warm_start is None:
            self.p = choose_lengths(source, self.p, self.seed, self.engine, self._note)
        stars = RatingBlock(source, self.p, rng, self.engine)
        if warm_start is not None:
            stars.start_from(warm_start)
        mean_person = self._fit_stars(stars, warm_start is not None)
        interest = InterestBlock(stars.ratings, self.p, interest_rng)
        if warm_start is not None:
            interest.start_from(warm_start)
        self._fit_interest(interest, warm_start is not None)
        items, rows = self._collect(stars, interest, mean_person, item_genres, on_users)
        return Factors(
            items=items,
            user_ids=source.user_ids,
            user_bias=rows.bias,
            user_factors=rows.vectors,
            user_implicit=rows.implicit,
            user_interest=rows.interest,
            ratings=source.read(0, source.user_ids.size),
            seed=self.seed,
            curve=tuple(self.curve),
            metrics={
                "learning_rate": self.p.learning_rate,
                "noise": stars.noise,
                "n_epochs": self.p.n_epochs,
                "n_sweeps": self.p.n_sweeps,
            },
        )

    def _fit_stars(self, block: RatingBlock, warm: bool) -> Float32:
        """Returns the mean user."""
        p = self.p
        n_epochs = p.warm_epochs if warm else p.n_epochs
        first_rate = min(p.warm_learning_rate, p.learning_rate) if warm else p.learning_rate
        held_out = None
        if self.validation is not None and len(self.validation):
            held_out = block.held_out(self.validation)
        for number in range(n_epochs):
            rmse = block.run_epoch(first_rate * p.decay**number)
            error = None if held_out is None else block.rmse(held_out)
            self._note(Epoch("rating", number + 1, n_epochs, rmse, error))
            if not rmse <= _DIVERGED * max(block.ratings.spread, 0.5):
                raise FitDiverged(f"training RMSE {rmse} after epoch {number + 1}")
        for number in range(p.n_sweeps):
            block.sweep(number)
        mean_person = block.finish()
        if not block.is_finite():
            raise FitDiverged("factors are not finite")
        return mean_person

    def _fit_interest(self, block: InterestBlock, warm: bool) -> None:
        p = self.p
        n_epochs = p.warm_epochs if warm else block.n_epochs()
        rate = p.warm_interest_learning_rate if warm else p.interest_learning_rate
        # However many epochs, the last one steps as far as the last of all.
        decay = p.interest_decay ** (1.0 if warm else p.interest_epochs / n_epochs)
        for number in range(n_epochs):
            rmse = block.run_epoch(rate * decay**number)
            self._note(Epoch("interest", number + 1, n_epochs, rmse))
            if not np.isfinite(rmse):
                raise FitDiverged(f"interest block, epoch {number + 1}")
        if not block.is_finite():
            raise FitDiverged("interest factors are not finite")

    def _note(self, epoch: Epoch) -> None:
        self.curve.append(epoch)
        if self.on_epoch is not None:
            self.on_epoch(epoch)

    def _collect(
        self,
        stars: RatingBlock,
        interest: InterestBlock,
        mean_person: Float32,
        item_genres: Any,
        on_users: OnUsers | None,
    ) -> tuple[ItemFactors, UserRows]:
        k, k2 = self.p.n_factors, self.p.interest_factors
        engine, ratings = self.engine, stars.ratings
        in_order, counts = ratings.cut.item_rows, ratings.item_counts
        side = stars.items
        rows, implicit, variance, item_interest = (
            array[in_order]
            for array in engine.get(
                [side.rows[0], side.implicit[0], side.variance[0], interest.item_rows]
            )
        )
        n_ratings = counts[in_order]
        is_rated = n_ratings > 0
        vectors, bias = rows[:, 2 : 2 + k].copy(), rows[:, 1].copy()
        item_interest = item_interest[:, :k2].copy()
        fill_unrated(is_rated, item_genres, [vectors, bias[:, None], item_interest])
        user_interest, mean_interest = interest.solve_users(
            *gram_and_covariance(item_interest[is_rated])
        )
        items = ItemFactors(
            global_mean=ratings.global_mean,
            item_ids=ratings.source.item_ids,
            n_ratings=n_ratings.astype(np.int32),
            bias=bias,
            vectors=vectors,
            implicit=implicit[:, 2 : 2 + k].copy(),
            interest=item_interest,
            variance=variance[:, 2 : 2 + k].copy(),
            mean_user_bias=float(mean_person[0]),
            mean_user_vector=mean_person[2 : 2 + k].copy(),
            mean_interest=mean_interest,
            noise=stars.noise,
            user_strength=stars.user_strength,
            user_bias_strength=stars.user_bias_strength,
            hyperparameters=self.p,
        )
        of_parts = engine.map(
            finish_rows,
            [ratings.source.user_ids[part] for part in ratings.cut.parts()],
            *(stars.users.counts, stars.users.rows, stars.users.implicit, user_interest),
            [mean_person[: 2 + k]] * ratings.n,
            [on_users] * ratings.n,
        )
        return items, UserRows.joined(engine.get(of_parts))
