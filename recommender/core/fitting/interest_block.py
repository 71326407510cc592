"""The interest block: which items would a user pick, learned from what they chose to rate.

No item bias, squared error, targets that rise with the stars:

    t_ui = clip(1 + slope (r_ui - m_u), -1, 2)     m_u = (sum r + 5 mu) / (n_u + 5)

and, for every rating, `interest_negatives` items the same user did not rate, drawn with
probability ~ (number of ratings + 1)^power, target 0. Users are then solved in closed form as in
`fold_in`, with weight `interest_unrated_weight` on all items at once (Hu, Koren & Volinsky 2008).
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from recommender.core.factors import Factors
from recommender.core.fitting.kernels import ridge, sgd, simd
from recommender.core.fitting.kernels.sgd import Negatives, Targets
from recommender.core.fitting.parts.generators import Generators, random_places, random_rows
from recommender.core.fitting.parts.mapped import mapped
from recommender.core.fitting.parts.part import Part
from recommender.core.fitting.parts.parted_ratings import PartedRatings
from recommender.core.fitting.parts.partition import cycle, run_strata
from recommender.core.fitting.sides import Handles, joined
from recommender.core.fitting.threads import Workers, pieces
from recommender.core.fitting.warm_start import KnownRows, with_known
from recommender.core.fold_in import (
    MEAN_STARS_PRIOR,
    interest_weights,
    mix_interest,
    newness,
    standard_deviation,
    star_targets,
)
from recommender.core.hyperparameters import LARGE, Hyperparameters
from recommender.core.ratings import Float32, Float64, Int32, Int64, find_rows

# More users would have the same mean.
USERS_FOR_THE_MEAN = 20_000


@dataclass(frozen=True)
class Cell:
    """Some items of a block, and how negatives are drawn from them."""

    rows: slice  # of all items
    keep: Float32  # (m,) see `alias_table`
    alias: Int32  # (m,)
    share: float  # of all draws


@dataclass(frozen=True)
class Steps:
    """What all steps of an epoch have in common."""

    rate: float
    mean_user: Float32  # (1, width)
    hyperparameters: Hyperparameters


class Learners(NamedTuple):
    """The users of a part while they learn."""

    rows: Float32
    rng: np.random.Generator
    squares: float  # of the errors on positives


class InterestBlock:
    """The state of the interest block while it is being fitted."""

    def __init__(
        self, ratings: PartedRatings, hyperparameters: Hyperparameters, rng: np.random.Generator
    ) -> None:
        self.ratings, self.engine, self.rng = ratings, ratings.engine, rng
        self.hyperparameters = p = hyperparameters
        self.draws = Generators(self.engine, rng, ratings.n)
        self.user_counts = ratings.user_counts
        k, sd, n = p.interest_factors, p.interest_init_sd, ratings.n
        shapes = [(counts.size, k) for counts in self.user_counts]
        self.user_rows = self.draws.draw(random_rows, shapes, [0] * n, [sd] * n)
        n_items = ratings.item_counts.size
        item_rows = self.draws.draw_for_items(random_rows, (n_items, k), 0, sd)
        self.item_rows = self.engine.one(_only_rated, item_rows, ratings.item_counts)
        # Not used since the items are cut once for both blocks; drawn so that data of one part
        # keep the factors they had.
        self.draws.draw_for_items(random_places, n_items)
        self.user_places = self.draws.draw(
            random_places, [counts.size for counts in self.user_counts]
        )
        self.targets = self.engine.map(
            _targets, ratings.parts, [(ratings.global_mean, p.interest_item_slope)] * n
        )
        self.cells = self._cells()

    def _cells(self) -> list[tuple[Cell, ...]]:
        """Of each block."""
        power = self.hyperparameters.interest_negative_power
        chance = np.asarray((self.ratings.item_counts + 1.0) ** power, np.float64)
        total, cut = chance.sum(), self.ratings.cut
        return [
            tuple(
                Cell(
                    rows,
                    *sgd.alias_table(chance[rows]),
                    share=float(chance[rows].sum() / total),
                )
                for rows in cut.cells(block)
                if rows.start < rows.stop
            )
            for block in range(cut.n)
        ]

    def start_from(self, earlier: Factors) -> None:
        """Replace the random rows of known users and items by their rows in an earlier fit."""
        cut, source, items = self.ratings.cut, self.ratings.source, earlier.items
        if earlier.user_interest.shape[1] != self.hyperparameters.interest_factors:
            return
        found = find_rows(earlier.user_ids, source.user_ids)
        n, vectors = cut.n, earlier.user_interest
        known = [KnownRows.of(found[part], vectors) for part in cut.parts()]
        self.user_rows = self.engine.map(with_known, self.user_rows, known, [0] * n, [0] * n)
        found = find_rows(items.item_ids, source.item_ids[cut.item_order])
        of_items = KnownRows.of(found, items.interest)
        rows = self.engine.one(with_known, self.item_rows, of_items, 0, 0)
        self.item_rows = self.engine.one(_only_rated, rows, self.ratings.item_counts)

    def n_epochs(self) -> int:
        """Epochs to run: fewer on large data, where every item is met more often in each.

        Eight in place of twelve cost 5 % of NDCG with 6 thousand ratings, 1.5 % with 20 to 60
        thousand; six in place of eight 1 % with 700 thousand generated ones.
        """
        most = self.hyperparameters.interest_epochs
        scale: float = min(1.0, (LARGE / max(self.ratings.n_ratings, 1)) ** 0.4)
        return max(1, round(most * scale))

    def run_epoch(self, rate: float) -> float:
        """One pass, each part of the users against each block of items; RMSE on the positives.

        Of users whose ratings weigh less, some sit out: that scales their steps and their draws
        alike, and an epoch gets shorter instead of the same steps smaller.
        """
        engine, ratings, n = self.engine, self.ratings, self.ratings.n
        steps = Steps(rate, self._mean_user(), self.hyperparameters)
        blocks = ratings.cut.blocks()
        learners, items = run_strata(
            engine,
            learn_pair,
            cycle(n, self.rng),
            [Learners(*one, 0.0) for one in zip(self.user_rows, self.draws.handles, strict=True)],
            engine.map(_cut_rows, [self.item_rows] * n, blocks),
            [ratings.parts, self.targets, self.user_places, [ratings.cut.n_cells] * n, [steps] * n],
            [self.cells],
        )
        rows, self.draws.handles, squares = engine.split(learners, 3)
        self.user_rows = engine.checkpoint(rows)
        [self.item_rows] = engine.checkpoint([engine.one(joined, items)])
        self.draws.checkpoint()
        [total] = engine.get([engine.sum(squares)])
        return float(np.sqrt(total / ratings.weight))

    def _mean_user(self) -> Float32:
        """(1, width): users are drawn to the mean user, not to nothing.

        What a user with few ratings lacks is taste, not everybody's liking for the well-known.
        """
        sums = self.engine.map(_sum_of_rows, self.user_rows, [c > 0 for c in self.user_counts])
        n_active = sum(int(np.count_nonzero(counts)) for counts in self.user_counts)
        [total] = self.engine.get([self.engine.sum(sums)])
        mean_user = simd.zeros(1, total.size)
        mean_user[0] = total / n_active
        return mean_user

    def is_finite(self) -> bool:
        """Whether all rows of items are."""
        return bool(np.isfinite(self.engine.get([self.item_rows])[0]).all())

    def solve_users(self, gram: Float64, covariance: Float64) -> tuple[Handles, Float32]:
        """Every user's x as `fold_in` has it, by part, and the mean user's m, (k2,).

        gram, covariance: of the interest vectors of the rated items. m is the mean of what users
        are without weights and as if none were new: weighed, it would be the mean of what they
        rated last, which is no place to start from.
        """
        p, n, engine = self.hyperparameters, self.ratings.n, self.engine
        parts, items = self.ratings.parts, [self.item_rows] * n
        counts = self.ratings.source.user_counts
        active = np.flatnonzero(counts)
        some = active[:: -(-active.size // USERS_FOR_THE_MEAN)]
        bounds = self.ratings.cut.parts()
        of_parts = [some[(some >= b.start) & (some < b.stop)] - b.start for b in bounds]
        nobody = np.zeros(p.interest_factors)
        problem = Problem(p, gram, covariance, self.ratings.global_mean, nobody, 0.0)
        sums = engine.map(_sum_of_plain_solutions, parts, items, of_parts, [problem] * n)
        mean = engine.get([engine.sum(sums)])[0] / some.size
        n_rated = int(np.count_nonzero(self.ratings.item_counts))
        level = float(standard_deviation(mean, gram)) / n_rated**0.5
        problem = replace(problem, mean=mean, level=level)
        return engine.map(_solutions, parts, items, [problem] * n), mean.astype(np.float32)


@dataclass(frozen=True)
class Problem:
    """What the closed-form solutions of all users have in common; letters as in `fold_in`."""

    hyperparameters: Hyperparameters
    gram: Float64  # (k2, k2) F'F over the rated items
    covariance: Float64  # (k2, k2) of the same
    global_mean: float
    mean: Float64  # (k2,) m
    level: float  # rms(m)


def learn_pair(
    workers: Workers,
    number: int,
    users: Learners,
    item_rows: Float32,
    part: Part,
    targets: Float32,
    places: Int64,
    n_cells: int,
    steps: Steps,
    cells: tuple[Cell, ...],
) -> tuple[Learners, Float32]:
    """A task: the steps of a part's users on a block of items, cell after cell.

    places: (n_users,) a permutation, which deals the users to cells.
    """
    user_rows, rng, squares = users
    user_rows, item_rows, rng = simd.copied(user_rows), simd.copied(item_rows), deepcopy(rng)
    p, rate = steps.hyperparameters, steps.rate
    positives = Targets(part.by_user.starts, part.by_user.indices, targets)
    counts, shape = part.by_user.counts, simd.shape_of(user_rows.shape[1])
    first = cells[0].rows.start if cells else 0
    for own in (np.flatnonzero(places % n_cells == k) for k in range(n_cells)):
        for cell in cells:
            rows = slice(cell.rows.start - first, cell.rows.stop - first)
            seed = int(rng.integers(1, 1 << 62, 1)[0])
            order = rng.permutation(drawn(part.user_weights, own, rng))
            is_rated = np.zeros(cell.keep.size, np.bool_)
            per_user = np.asarray((p.interest_negatives or 0) * cell.share * counts, np.float64)
            squares += sgd.interest_steps(
                order,
                positives,
                (cell.rows.start, cell.rows.stop),
                Negatives(cell.keep, cell.alias, is_rated, per_user),
                user_rows,
                item_rows[rows],
                rate,
                rate * (p.interest_regularization or 0.0),
                steps.mean_user,
                seed,
                shape,
            )
    return Learners(user_rows, rng, squares), item_rows


def drawn(weights: Float64 | None, users: Int64, rng: np.random.Generator) -> Int64:
    """Those of `users` who take part: each with the chance of their weight."""
    if weights is None:
        return users
    return users[rng.random(users.size) < weights[users]]


def _only_rated(workers: Workers, rows: Float32, counts: Int64) -> Float32:
    out = simd.copied(rows)
    out[counts == 0] = 0.0
    return out


def _cut_rows(workers: Workers, rows: Float32, own: slice) -> Float32:
    return rows[own]


def _sum_of_rows(workers: Workers, rows: Float32, chosen: Any) -> Float64:
    return np.asarray(rows[chosen].sum(axis=0, dtype=np.float64))


def _targets(workers: Workers, part: Part, how: tuple[float, float]) -> Float32:
    """A task: (n_ratings,) t by user; how: the mean of all stars, and the slope."""
    targets = _star_targets(part, *how)
    if part.is_mapped:
        targets = mapped(targets)
    return targets


def _star_targets(part: Part, global_mean: float, slope: Float64 | float) -> Float32:
    counts = part.by_user.counts
    sums = part.by_user.sums() + MEAN_STARS_PRIOR * global_mean
    means = (sums / (counts + MEAN_STARS_PRIOR)).astype(np.float32)
    likes = part.by_user.stars - np.repeat(means, counts)
    return np.asarray(star_targets(likes, slope), np.float32)


def _sum_of_plain_solutions(
    workers: Workers, part: Part, item_rows: Float32, users: Int64, problem: Problem
) -> Float64:
    """A task: (k2,) the sum over `users` of what they are without weights and not new."""
    p = problem.hyperparameters
    targets = _star_targets(part, problem.global_mean, p.interest_user_slope)
    rows = _solve(workers, users, part, targets, np.ones_like(targets), item_rows, problem)[0]
    return np.asarray(rows[users, : p.interest_factors].sum(axis=0, dtype=np.float64))


def _solutions(workers: Workers, part: Part, item_rows: Float32, problem: Problem) -> Float32:
    """A task: (n_users, k2) x of a part's users."""
    p, counts, mean = problem.hyperparameters, part.by_user.counts, problem.mean
    k, of_rating = p.interest_factors, np.repeat(newness(p, counts), counts)
    slope = p.interest_user_slope + p.new_user_slope * of_rating
    targets = _star_targets(part, problem.global_mean, slope)
    expected = p.new_user_expected * (item_rows[:, :k] @ mean)
    targets -= (of_rating * expected[part.by_user.indices]).astype(np.float32)
    weights = interest_weights(p, part.ages).astype(np.float32)
    active = np.flatnonzero(counts)
    rows, neutral = _solve(workers, active, part, targets, weights, item_rows, problem)
    mixed = mix_interest(
        p, counts, rows[:, :k], neutral[:, :k], mean, problem.level, problem.covariance
    )
    return mixed.astype(np.float32)


def _solve(
    workers: Workers,
    users: Int64,
    part: Part,
    targets: Float32,
    weights: Float32,
    item_rows: Float32,
    problem: Problem,
) -> tuple[Float32, Float32]:
    """d and e of these users, (n_users, width)."""
    p, width = problem.hyperparameters, item_rows.shape[1]
    k = p.interest_factors
    out, neutral = (simd.zeros(part.n_users, width) for _ in range(2))
    base = np.eye(width, dtype=np.float32)  # ones where the rows are padded
    base[:k, :k] = p.interest_unrated_weight * problem.gram + p.interest_user_ridge * np.eye(k)
    rated = Targets(part.by_user.starts, part.by_user.indices, targets)
    sizes = part.by_user.counts[users]
    workers.run(
        [
            partial(
                ridge.solve_interest,
                *(users[first:last], rated, weights, item_rows, base, out, neutral),
                *(ridge.workspace(width), simd.shape_of(width)),
            )
            for first, last in pieces(np.concatenate([[0], np.cumsum(sizes)]))
        ]
    )
    return out, neutral
