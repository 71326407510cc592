"""The rating block: stratified SGD epochs, implicit parts once an epoch, closed-form finisher."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from recommender.core.factors import Factors
from recommender.core.fitting import ridge_kernels, sgd_kernels
from recommender.core.fitting.biases import start_from_biases
from recommender.core.fitting.partition import n_blocks
from recommender.core.fitting.ridge_kernels import Model, workspace
from recommender.core.fitting.sgd_kernels import Decay, LeftOut, RatingBatch
from recommender.core.fitting.sides import Side, make_side, move_prior, solve_implicit, sum_implicit
from recommender.core.fitting.simd import shape_of
from recommender.core.fitting.threads import Workers, pieces
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.ratings import Float32, Float64, Int32, Int64, Ratings, find_rows

State = tuple[Float32, ...]
_PREDICTED_AT_ONCE = 1_000_000
_ALL_ALIKE = np.empty(0, np.float32)


@dataclass(frozen=True)
class Blocks:
    """Ratings sorted into n x n blocks of users and items, in random order inside each."""

    n: int
    bounds: Int64  # (n * n + 1,)
    ratings: RatingBatch

    def block(self, number: int) -> RatingBatch:
        """The ratings of one block."""
        own = slice(self.bounds[number], self.bounds[number + 1])
        users, items, stars = self.ratings
        return RatingBatch(users[own], items[own], stars[own])


def arrange(ratings: Ratings, width: int, rng: np.random.Generator) -> Blocks:
    """Cut and shuffle for rows of `width` floats."""
    n = n_blocks(ratings, width)
    user_block = (rng.permutation(ratings.n_users) % n).astype(np.int32)
    item_block = (rng.permutation(ratings.n_items) % n).astype(np.int32)
    shuffled = rng.permutation(len(ratings)).astype(np.int32)
    block = user_block[ratings.user_index] * np.int32(n) + item_block[ratings.item_index]
    bounds, order = sgd_kernels.group(block[shuffled], n * n)
    rows = shuffled[order]
    users, items = ratings.user_index[rows], ratings.item_index[rows]
    return Blocks(n, bounds, RatingBatch(users, items, ratings.stars[rows]))


@dataclass(frozen=True)
class Statistics:
    """What closed-form solutions say about the strengths they should have been solved with."""

    n_rows: int  # with ratings
    squares: Float64  # (width,) sum over them of (difference to the prior)^2 + variance
    squared_error: float  # expected, summed over all ratings


class RatingBlock:
    """The state of the rating block while it is being fitted."""

    def __init__(
        self,
        ratings: Ratings,
        hyperparameters: Hyperparameters,
        rng: np.random.Generator,
        workers: Workers,
    ) -> None:
        self.hyperparameters = hyperparameters = hyperparameters.for_data(ratings)
        self.workers = workers
        self.rng = rng
        self.global_mean = float(ratings.stars.mean(dtype=np.float64))
        self.noise = hyperparameters.noise
        self.factors = slice(2, 2 + hyperparameters.n_factors)  # columns
        self.user_strength = self.item_strength = hyperparameters.strength
        self.user_bias_strength = self.item_bias_strength = hyperparameters.bias_strength
        k, sd = hyperparameters.n_factors, hyperparameters.init_sd
        columns = (ratings.user_index, ratings.item_index)
        self.users = make_side(0, *columns, ratings.stars, ratings.n_users, k, sd, rng)
        self.items = make_side(1, *columns[::-1], ratings.stars, ratings.n_items, k, sd, rng)
        damping = hyperparameters.bias_strength * hyperparameters.noise
        start_from_biases(self.users, self.items, self.global_mean, damping)
        self.blocks = arrange(ratings, self.users.rows.shape[1], rng)
        self.item_weights = _ALL_ALIKE
        if ratings.weights is not None:
            by_item = sgd_kernels.group(ratings.item_index, ratings.n_items)[1]
            self.item_weights = ratings.weights[by_item]

    def start_from(self, earlier: Factors, ratings: Ratings) -> None:
        """Replace the random rows of known users and items by their rows in an earlier fit."""
        k = self.hyperparameters.n_factors
        if earlier.user_factors.shape[1] != k:
            return
        items = earlier.items
        _copy_rows(
            self.users, k, find_rows(earlier.user_ids, ratings.user_ids),
            earlier.user_bias, earlier.user_factors, earlier.user_implicit,
        )  # fmt: skip
        _copy_rows(
            self.items, k, find_rows(items.item_ids, ratings.item_ids),
            items.bias, items.vectors, items.implicit,
        )  # fmt: skip
        self.users.prior = sum_implicit(self.users, self.items, self.workers)
        self.items.prior = sum_implicit(self.items, self.users, self.workers)

    def predict(self, users: Int32, items: Int32) -> Float32:
        """Stars for pairs of rows as the state stands, not clipped."""
        both = np.einsum("nd,nd->n", self.users.rows[users], self.items.rows[items])
        return np.asarray(both + np.float32(self.global_mean), np.float32)

    def rmse(self, held_out: Ratings) -> float:
        """Root mean squared error on ratings under the same vocabularies, not clipped."""
        squares = 0.0
        for start in range(0, len(held_out), _PREDICTED_AT_ONCE):
            some = slice(start, start + _PREDICTED_AT_ONCE)
            stars = self.predict(held_out.user_index[some], held_out.item_index[some])
            squares += float(np.sum(np.square(stars - held_out.stars[some], dtype=np.float64)))
        return float(np.sqrt(squares / len(held_out)))

    def state(self) -> State:
        """A copy of all that learning changes, for `restore`."""
        return tuple(
            array.copy()
            for side in (self.users, self.items)
            for array in (side.rows, side.prior, side.implicit)
        )

    def restore(self, state: State) -> None:
        """Go back to what `state()` returned."""
        for side, arrays in ((self.users, state[:3]), (self.items, state[3:])):
            for own, kept in zip((side.rows, side.prior, side.implicit), arrays, strict=True):
                own[:] = kept

    def run_epoch(self, rate: float) -> float:
        """One SGD pass over the ratings and one solve of y and x; returns the training RMSE."""
        squares = 0.0
        bias_share = np.full(2, self.hyperparameters.bias_share, np.float32)
        decay = Decay(self._decay(self.users, rate), self._decay(self.items, rate), bias_share)
        n = self.blocks.n
        for shift in self.rng.permutation(n).tolist():
            numbers = [t * n + (t + shift) % n for t in range(n)]
            squares += sum(self.workers.run([self._steps(k, rate, decay) for k in numbers]))
        p = self.hyperparameters
        how = (p.implicit_ridge, p.implicit_weight_power, p.implicit_iterations or 0, self.workers)
        solve_implicit(self.users, self.items, *how)
        solve_implicit(self.items, self.users, *how)
        return float(np.sqrt(squares / self.users.stars.size))

    def _decay(self, side: Side, rate: float) -> Float32:
        p = self.hyperparameters
        counts = np.maximum(side.counts, 1).astype(np.float64)
        strength = np.minimum(
            p.regularization * counts**-p.regularization_power, p.most_regularization
        )
        return np.asarray(rate * strength, np.float32)

    def _steps(self, block: int, rate: float, decay: Decay) -> partial[float]:
        p, users, items = self.hyperparameters, self.users, self.items
        left_out = LeftOut(items.implicit, users.implicit, users.weight, items.weight)
        return partial(
            sgd_kernels.rating_steps,
            self.blocks.block(block),
            users.rows,
            items.rows,
            (users.prior, items.prior) if p.implicit_iterations else None,
            left_out if p.leave_one_out else None,
            decay,
            self.global_mean,
            rate,
            shape_of(users.rows.shape[1]),
        )

    def sweep(self, number: int, users: Statistics | None = None) -> None:
        """One variational sweep: users and items in closed form, then a pass over y and x.

        users: what solving the users returned, where that has just been done.
        """
        self._learn_strengths(users or self.solve("users"), "user")
        items = self.solve("items", self.item_weights)
        self._learn_strengths(items, "item")
        weight = float(self.item_weights.sum(dtype=np.float64)) or self.users.stars.size
        self.noise = items.squared_error / weight
        p = self.hyperparameters
        rate = p.sweep_learning_rate * p.sweep_decay**number
        self._implicit_pass(self.users, self.items, rate)
        self._implicit_pass(self.items, self.users, rate)

    def finish(self, weights: Float32) -> tuple[float, Float32]:
        """Solve every user as `fold_in` does for a live page; returns the mean user.

        That is the mean of bias and factors over the users with ratings, as the last sweep left
        them. weights: (n_ratings,) v of the ratings as the user side has them.
        """
        p, users = self.hyperparameters, self.users
        active = users.counts > 0
        mean = users.rows[active].mean(axis=0, dtype=np.float64).astype(np.float32)
        counts = users.counts.astype(np.float64)
        share = p.mean_person_weight / np.maximum(counts + p.mean_person_weight, 1e-12)
        users.weight = (users.weight * (1.0 - share)).astype(np.float32)
        prior = sum_implicit(users, self.items, self.workers)
        prior[:, 2:] += share[:, None].astype(np.float32) * mean[2:]
        prior[:, 0] = mean[0]
        users.prior = prior
        self.user_bias_strength = max(self.user_bias_strength, p.user_bias_ridge / self.noise)
        self.solve("users", weights)
        return float(mean[0]), mean[2 : 2 + p.n_factors].copy()

    def solve(self, side: str, weights: Float32 = _ALL_ALIKE) -> Statistics:
        """Closed-form rows of "users" or "items", each around its implicit part.

        weights: (n_ratings,) of the ratings as that side has them.
        """
        own, other = (self.users, self.items) if side == "users" else (self.items, self.users)
        bias, factors = (
            (self.user_bias_strength, self.user_strength)
            if side == "users"
            else (self.item_bias_strength, self.item_strength)
        )
        width = own.rows.shape[1]
        strengths = np.zeros(width, np.float32)
        strengths[own.bias_column] = bias
        strengths[self.factors] = factors
        model = Model(self.global_mean, self.noise, strengths)
        ranges = pieces(own.starts)
        squares = np.zeros((len(ranges), width))
        calls = [
            partial(
                ridge_kernels.solve_rows,
                *(first, last, own.arrays, other.arrays, weights, model),
                *(workspace(width), squares[k], shape_of(width)),
            )
            for k, (first, last) in enumerate(ranges)
        ]
        squared_error = sum(self.workers.run(calls))
        return Statistics(
            int(np.count_nonzero(own.counts)), squares.sum(axis=0), float(squared_error)
        )

    def _learn_strengths(self, found: Statistics, side: str) -> None:
        """Empirical Bayes: 1 / strength = mean(delta^2 + variance)."""
        factors = found.squares[self.factors]
        setattr(self, f"{side}_strength", float(found.n_rows * factors.size / factors.sum()))
        bias = found.squares[:2].sum()  # of the other column, the constant one, it is zero
        setattr(self, f"{side}_bias_strength", float(found.n_rows / bias))

    def _implicit_pass(self, own: Side, other: Side, rate: float) -> None:
        # A row's set spans all blocks of the other side, so this pass runs on one thread.
        order, shape = self.rng.permutation(own.weight.size), shape_of(own.rows.shape[1])
        sgd_kernels.implicit_steps(order, own.arrays, other.arrays, self.global_mean, rate, shape)
        move_prior(own, sum_implicit(own, other, self.workers))


def _copy_rows(
    side: Side, k: int, found: Int64, bias: Float32, rows: Float32, implicit: Float32
) -> None:
    known, source = np.flatnonzero(found >= 0), found[found >= 0]
    side.rows[known, side.bias_column] = bias[source]
    side.rows[known, 2 : 2 + k] = rows[source]
    side.implicit[known, 2 : 2 + k] = implicit[source]
