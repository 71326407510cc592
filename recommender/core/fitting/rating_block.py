"""The rating block: stratified SGD epochs, implicit parts once an epoch, closed-form finisher."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from recommender.core.factors import Factors
from recommender.core.fitting import sweeps
from recommender.core.fitting.biases import Damping, start_from_biases
from recommender.core.fitting.engines import Engine
from recommender.core.fitting.implicit import ImplicitSolver
from recommender.core.fitting.kernels import sgd, simd
from recommender.core.fitting.kernels.ridge import Model
from recommender.core.fitting.kernels.sgd import Decay, LeftOut
from recommender.core.fitting.parts.generators import Generators, random_rows
from recommender.core.fitting.parts.part import Part
from recommender.core.fitting.parts.parted_ratings import part_ratings
from recommender.core.fitting.parts.partition import cycle, n_parts, run_strata, user_bounds
from recommender.core.fitting.sides import (
    Handles,
    Side,
    Sums,
    joined,
    make_side,
    move,
    sum_implicit,
)
from recommender.core.fitting.source import RatingSource
from recommender.core.fitting.sweeps import Rows, Statistics
from recommender.core.fitting.threads import Workers
from recommender.core.fitting.warm_start import KnownRows, with_known
from recommender.core.hyperparameters import Hyperparameters
from recommender.core.ratings import Float32, Float64, Int64, Ratings, find_rows

_PREDICTED_AT_ONCE = 1_000_000
State = tuple[Side, Side]


@dataclass(frozen=True)
class Steps:
    """What all steps of an epoch have in common."""

    global_mean: float
    rate: float
    hyperparameters: Hyperparameters


class RatingBlock:
    """The state of the rating block while it is being fitted."""

    def __init__(
        self,
        source: RatingSource,
        hyperparameters: Hyperparameters,
        rng: np.random.Generator,
        engine: Engine,
    ) -> None:
        self.hyperparameters = p = hyperparameters
        self.engine, self.rng = engine, rng
        counts = source.user_counts
        bounds = user_bounds(counts, n_parts(int(counts.sum())))
        self.draws = Generators(engine, rng, bounds.size - 1)
        k, sd = p.n_factors, p.init_sd
        width = simd.padded(2 + k)  # the bias columns come first
        shapes = [(size, k) for size in np.diff(bounds).tolist()]
        n = len(shapes)
        user_rows = self.draws.draw(random_rows, shapes, [2] * n, [sd] * n)
        item_rows = self.draws.draw_for_items(random_rows, (source.item_ids.size, k), 2, sd)
        self.ratings = ratings = part_ratings(engine, source, bounds, width, self.draws)
        self.sums = Sums(engine, ratings.parts)
        self.noise = p.noise
        self.user_strength = self.item_strength = p.strength
        self.user_bias_strength = self.item_bias_strength = p.bias_strength
        users = make_side(engine, 0, ratings.user_counts, user_rows, width)
        items = make_side(engine, 1, [ratings.item_counts], [item_rows], width)
        damping = Damping(ratings.global_mean, p.bias_strength * p.noise)
        self.users, self.items = start_from_biases(engine, ratings.parts, users, items, damping)
        how = (self.sums, p.implicit_ridge, p.implicit_weight_power, p.implicit_iterations or 0)
        self.implicit_solvers = ImplicitSolver(users, *how), ImplicitSolver(items, *how)

    def start_from(self, earlier: Factors) -> None:
        """Replace the random rows of known users and items by their rows in an earlier fit."""
        k, source, items = self.hyperparameters.n_factors, self.ratings.source, earlier.items
        if earlier.user_factors.shape[1] != k:
            return
        user_rows = find_rows(earlier.user_ids, source.user_ids)
        item_rows = find_rows(items.item_ids, source.item_ids[self.ratings.cut.item_order])
        found = [user_rows[part] for part in self.ratings.cut.parts()]
        users = self._with_known(
            self.users, found, earlier.user_bias, earlier.user_factors, earlier.user_implicit
        )
        known_items = (items.bias, items.vectors, items.implicit)
        items_side = self._with_known(self.items, [item_rows], *known_items)
        self.users = replace(users, prior=sum_implicit(users, items_side, self.sums))
        self.items = replace(items_side, prior=sum_implicit(items_side, users, self.sums))

    def _with_known(
        self, side: Side, found: list[Int64], bias: Float32, vectors: Float32, implicit: Float32
    ) -> Side:
        n, column = len(found), side.bias_column
        rows = [KnownRows.of(own, vectors, bias) for own in found]
        implicit_rows = [KnownRows.of(own, implicit) for own in found]
        first = ([2] * n, [column] * n)
        return replace(
            side,
            rows=self.engine.map(with_known, side.rows, rows, *first),
            implicit=self.engine.map(with_known, side.implicit, implicit_rows, *first),
        )

    def held_out(self, ratings: Ratings) -> Handles:
        """Ratings under the same vocabularies, with the parts of their users; for `rmse`."""
        cut = self.ratings.cut
        items = cut.item_rows[ratings.item_index]
        triples = []
        for part in cut.parts():
            own = (ratings.user_index >= part.start) & (ratings.user_index < part.stop)
            users = ratings.user_index[own] - np.int32(part.start)
            triples.append((users, items[own], ratings.stars[own]))
        return self.engine.map(_kept, triples)

    def rmse(self, held_out: Handles) -> float:
        """Root mean squared error on what `held_out` returned, not clipped."""
        n = self.ratings.n
        items, means = self.items.rows * n, [self.ratings.global_mean] * n
        squares = self.engine.map(_squared_errors, held_out, self.users.rows, items, means)
        [(total, count)] = self.engine.get([self.engine.sum(squares)])
        return float(np.sqrt(total / count))

    def state(self) -> State:
        """All that learning changes, for `restore`."""
        return self.users, self.items

    def restore(self, state: State) -> None:
        """Go back to what `state()` returned."""
        self.users, self.items = state

    def run_epoch(self, rate: float) -> float:
        """One SGD pass over the ratings and one solve of y and x; returns the training RMSE."""
        engine, cut, users, items = self.engine, self.ratings.cut, self.users, self.items
        n = cut.n
        steps = [Steps(self.ratings.global_mean, rate, self.hyperparameters)] * n
        fixed = (items.prior * n, items.implicit * n, items.weight * n)
        of_blocks = engine.map(_block, *fixed, items.counts * n, cut.blocks())
        moved, rows = run_strata(
            engine,
            learn_pair,
            cycle(n, self.rng),
            engine.map(_start, users.rows),
            engine.map(_cut_rows, items.rows * n, cut.blocks()),
            [self.ratings.parts, users.prior, users.implicit, users.weight, steps],
            [of_blocks],
        )
        user_rows, squares = engine.split(moved, 2)
        self.users = replace(users, rows=user_rows)
        self.items = replace(items, rows=[engine.one(joined, rows)])
        self._solve_implicit()
        self._checkpoint()
        [total] = engine.get([engine.sum(squares)])
        return float(np.sqrt(total / self.ratings.n_ratings))

    def _checkpoint(self) -> None:
        self.users = self.users.checkpointed(self.engine)
        self.items = self.items.checkpointed(self.engine)
        self.draws.checkpoint()

    def _solve_implicit(self) -> None:
        for_items, for_users = self.implicit_solvers
        self.users, self.items = for_items.solve(self.users, self.items)
        self.items, self.users = for_users.solve(self.items, self.users)

    def sweep(self, number: int, users: Statistics | None = None) -> None:
        """One variational sweep: users and items in closed form, then a pass over y and x.

        users: what solving the users returned, where that has just been done.
        """
        self._learn_strengths(users or self.solve_users(), "user")
        items = self.solve_items()
        self._learn_strengths(items, "item")
        self.noise = items.squared_error / self.ratings.weight
        p = self.hyperparameters
        rate = p.sweep_learning_rate * p.sweep_decay**number
        self._pass_over_users(rate)
        self._pass_over_items(rate)
        self._checkpoint()

    def finish(self) -> Float32:
        """Solve every user as `fold_in` does for a live page; returns the mean user, (width,).

        That is the mean of the rows of users with ratings, as the last sweep left them.
        """
        engine, p, n = self.engine, self.hyperparameters, self.ratings.n
        sums = engine.map(_sum_of_active, self.users.rows, self.users.counts)
        n_active = sum(int(np.count_nonzero(counts)) for counts in self.users.counts)
        mean: Float32 = (engine.get([engine.sum(sums)])[0] / n_active).astype(np.float32)
        self.user_bias_strength = max(self.user_bias_strength, p.user_bias_ridge / self.noise)
        rows = engine.map(
            sweeps.finish_users,
            *(self.ratings.parts, self._rows(self.users), self._rows(self.items) * n),
            *([mean] * n, [self._model("user")] * n, [p] * n),
        )
        self.users = replace(self.users, rows=rows)
        return mean

    def is_finite(self) -> bool:
        """Whether all rows are."""
        engine = self.engine
        checks = engine.map(_is_finite, self.users.rows) + engine.map(_is_finite, self.items.rows)
        return all(engine.get(checks))

    def solve_users(self) -> Statistics:
        """Closed-form rows of users, each around its implicit part."""
        n = self.ratings.n
        solved = self.engine.map(
            sweeps.solve_users,
            *(self.ratings.parts, self._rows(self.users), self._rows(self.items) * n),
            [self._model("user")] * n,
        )
        rows, variance, statistics = self.engine.split(solved, 3)
        self.users = replace(self.users, rows=rows, variance=variance)
        return self._total(statistics)

    def solve_items(self) -> Statistics:
        """Closed-form rows of items, a block at a time."""
        engine, n = self.engine, self.ratings.n
        users = [engine.one(_joined_rows, self._rows(self.users))]
        solved = engine.map(
            sweeps.solve_items,
            *(self._ratings_of_blocks, self.ratings.cut.blocks()),
            *(self._rows(self.items) * n, users * n, [self._model("item")] * n),
        )
        rows, variance, statistics = engine.split(solved, 3)
        self.items = replace(
            self.items, rows=[engine.one(joined, rows)], variance=[engine.one(joined, variance)]
        )
        return self._total(statistics)

    def _total(self, statistics: Handles) -> Statistics:
        found: Statistics = self.engine.get([self.engine.sum(statistics)])[0]
        return found

    @cached_property
    def _ratings_of_blocks(self) -> Handles:
        """The ratings of each block of items; small and middling data alone have sweeps."""
        cut, n = self.ratings.cut, self.ratings.n
        columns = (self.ratings.parts, cut.user_bounds[:-1].tolist(), [cut.blocks()] * n)
        of_parts = self.engine.split(self.engine.map(sweeps.ratings_of_blocks, *columns), n)
        return self.engine.map(sweeps.joined_ratings, of_parts, [self.ratings.is_large] * n)

    def _rows(self, side: Side) -> Handles:
        columns = (side.weight, side.rows, side.prior, side.implicit, side.variance)
        return [Rows(*one) for one in zip(*columns, strict=True)]

    def _model(self, side: str) -> Model:
        factors = slice(2, 2 + self.hyperparameters.n_factors)
        strengths = np.zeros(simd.padded(factors.stop), np.float32)
        strengths[0 if side == "user" else 1] = getattr(self, f"{side}_bias_strength")
        strengths[factors] = getattr(self, f"{side}_strength")
        return Model(self.ratings.global_mean, self.noise, strengths)

    def _learn_strengths(self, found: Statistics, side: str) -> None:
        """Empirical Bayes: 1 / strength = mean(delta^2 + variance)."""
        factors = found.squares[2 : 2 + self.hyperparameters.n_factors]
        setattr(self, f"{side}_strength", float(found.n_rows * factors.size / factors.sum()))
        bias = found.squares[:2].sum()  # of the other column, the constant one, it is zero
        setattr(self, f"{side}_bias_strength", float(found.n_rows / bias))

    def _pass_over_users(self, rate: float) -> None:
        """SGD on y: its vectors go from part to part, since the sets of users span all items."""
        users, n = self.users, self.ratings.n
        [items] = self._rows(self.items)
        mean, [y] = self.ratings.global_mean, self.items.implicit
        for part, own, t in zip(self.ratings.parts, self._rows(users), range(n), strict=True):
            y = self.draws.draw_for(t, sweeps.pass_over_users, part, own, items, y, mean, rate)
        self.items = replace(self.items, implicit=[y])
        self.users = self._on_new_priors(users, self.items)

    def _pass_over_items(self, rate: float) -> None:
        """SGD on x, the mirror image."""
        engine, items, cut = self.engine, self.items, self.ratings.cut
        users = engine.one(_joined_rows, self._rows(self.users))
        mean, x = self.ratings.global_mean, engine.one(joined, self.users.implicit)
        [own] = self._rows(items)
        for block, rows in zip(self._ratings_of_blocks, cut.blocks(), strict=True):
            x = self.draws.draw_for(
                0, sweeps.pass_over_items, block, rows, own, users, x, mean, rate
            )
        implicit = engine.map(_cut_rows, [x] * cut.n, cut.parts())
        self.users = replace(self.users, implicit=implicit)
        self.items = self._on_new_priors(items, self.users)

    def _on_new_priors(self, own: Side, other: Side) -> Side:
        prior = sum_implicit(own, other, self.sums)
        return replace(own, rows=self.engine.map(move, own.rows, own.prior, prior), prior=prior)


@dataclass(frozen=True)
class _Block:
    """What a block of items has beside its rows."""

    prior: Float32
    implicit: Float32
    weight: Float32
    counts: Int64


def learn_pair(
    workers: Workers,
    number: int,
    users: tuple[Float32, float],
    item_rows: Float32,
    part: Part,
    user_prior: Float32,
    user_implicit: Float32,
    user_weight: Float32,
    steps: Steps,
    block: _Block,
) -> tuple[tuple[Float32, float], Float32]:
    """A task: one SGD step for each rating of a part's users for the items of a block."""
    p, rate = steps.hyperparameters, steps.rate
    user_rows, item_rows = simd.copied(users[0]), simd.copied(item_rows)
    decay = Decay(
        _decay(p, part.by_user.counts, rate),
        _decay(p, block.counts, rate),
        np.full(2, p.bias_share, np.float32),
    )
    squares = sgd.rating_steps(
        part.batches[number],
        user_rows,
        item_rows,
        (user_prior, block.prior) if p.implicit_iterations else None,
        LeftOut(block.implicit, user_implicit, user_weight, block.weight)
        if p.leave_one_out
        else None,
        decay,
        steps.global_mean,
        rate,
        simd.shape_of(user_rows.shape[1]),
    )
    return (user_rows, users[1] + squares), item_rows


def _decay(p: Hyperparameters, counts: Int64, rate: float) -> Float32:
    n = np.maximum(counts, 1).astype(np.float64)
    strength = np.minimum(p.regularization * n**-p.regularization_power, p.most_regularization)
    return np.asarray(rate * strength, np.float32)


def _start(workers: Workers, rows: Float32) -> tuple[Float32, float]:
    return rows, 0.0


def _cut_rows(workers: Workers, rows: Float32, own: slice) -> Float32:
    return rows[own]


def _block(
    workers: Workers,
    prior: Float32,
    implicit: Float32,
    weight: Float32,
    counts: Int64,
    own: slice,
) -> _Block:
    return _Block(prior[own], implicit[own], weight[own], counts[own])


def _kept(workers: Workers, value: object) -> object:
    return value


def _squared_errors(
    workers: Workers,
    held_out: tuple[Int64, Int64, Float32],
    user_rows: Float32,
    item_rows: Float32,
    mean: float,
) -> Float64:
    """(2,) their sum and their number."""
    users, items, stars = held_out
    total = 0.0
    for start in range(0, stars.size, _PREDICTED_AT_ONCE):
        some = slice(start, start + _PREDICTED_AT_ONCE)
        both = np.einsum("nd,nd->n", user_rows[users[some]], item_rows[items[some]])
        error = both + np.float32(mean) - stars[some]
        total += float(np.sum(np.square(error, dtype=np.float64)))
    return np.array([total, stars.size])


def _sum_of_active(workers: Workers, rows: Float32, counts: Int64) -> Float64:
    return np.asarray(rows[counts > 0].sum(axis=0, dtype=np.float64))


def _is_finite(workers: Workers, rows: Float32) -> bool:
    return bool(np.isfinite(rows).all())


def _joined_rows(workers: Workers, parts: list[Rows]) -> Rows:
    return Rows(*(joined(workers, list(arrays)) for arrays in zip(*parts, strict=True)))
