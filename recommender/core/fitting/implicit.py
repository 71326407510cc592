"""The implicit vectors of one side: a least-squares problem, and steps towards its solution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.core.fitting.engines import Handle
from recommender.core.fitting.kernels import sgd, simd
from recommender.core.fitting.parts.part import Part
from recommender.core.fitting.sides import Side, Sums, move
from recommender.core.fitting.threads import Workers
from recommender.core.ratings import Float32, Float64, Int64


class ImplicitSolver:
    """Conjugate gradient steps for the implicit vectors of `other` (own side users: y).

        min_y sum_u W_u |U_u - w_u sum_{j in N_u} y_j|^2 + ridge |y|^2,   W_u = n_u^power / mean

    Preconditioner: sum of W over an item's raters + ridge, the bound on the matrix rows. Every
    column has steps of its own. A plain gradient of any step size diverges or crawls.
    """

    def __init__(self, own: Side, sums: Sums, ridge: float, power: float, iterations: int) -> None:
        self.sums, self.engine = sums, sums.engine
        self.ridge, self.iterations = ridge, iterations
        self.importance = self.engine.map(_kept, importances(own.counts, power))
        # Of each row of the other side.
        if own.bias_column == 0:
            of_parts = self.engine.map(_importance_of_items, sums.parts, self.importance)
            totals = [self.engine.sum(of_parts)]
        else:
            items = self.importance * len(sums.parts)
            totals = self.engine.map(_importance_of_users, sums.parts, items)
        self.diagonal = self.engine.map(_add, totals, [np.float32(ridge)] * len(totals))

    def solve(self, own: Side, other: Side) -> tuple[Side, Side]:
        """Both sides after the steps, which begin where the last ones ended."""
        if not self.iterations:
            return own, other
        engine, ridge = self.engine, np.float32(self.ridge)
        n_own, n_other = len(own.rows), len(other.rows)
        y, z = other.implicit, own.prior
        missing = engine.map(_missing, own.rows, own.prior, own.weight, self.importance)
        residual = engine.map(_residual, self.sums.by(other, missing), y, [ridge] * n_other)
        direction, dots = engine.split(engine.map(_scaled, residual, self.diagonal), 2)
        old = engine.sum(dots)
        for iteration in range(self.iterations):
            spread = engine.map(_weighed, self.sums.by(own, direction), own.weight)
            curvature = engine.sum(engine.map(_curvature, spread, self.importance))
            lengths = engine.sum(engine.map(_squares, direction))
            step = engine.one(_step, old, curvature, lengths, self.ridge)
            y = engine.map(_moved, y, direction, [step] * n_other)
            z = engine.map(_moved, z, spread, [step] * n_own)
            if iteration + 1 == self.iterations:
                break
            pulled = engine.map(_pulled, spread, own.weight, self.importance)
            residual = engine.map(
                _next_residual,
                *(residual, self.sums.by(other, pulled), direction),
                *([step] * n_other, [ridge] * n_other),
            )
            scaled, dots = engine.split(engine.map(_scaled, residual, self.diagonal), 2)
            new = engine.sum(dots)
            share = engine.one(_divide, new, old)
            direction = engine.map(_moved, scaled, direction, [share] * n_other)
            old = new
        rows = engine.map(move, own.rows, own.prior, z)
        return replace(own, rows=rows, prior=z), replace(other, implicit=y)


def importances(counts: list[Int64], power: float) -> list[Float32]:
    """W of each row, from the number of its ratings."""
    every = np.concatenate(counts)
    weight = (every.astype(np.float64) ** power * (every > 0)).astype(np.float32)
    weight /= weight.mean()
    return np.split(weight, np.cumsum([one.size for one in counts])[:-1])


def _kept(workers: Workers, importance: Float32) -> Float32:
    return importance


def _importance_of_items(workers: Workers, part: Part, importance: Float32) -> Float32:
    return sgd.sums(part.by_item.starts, part.by_item.indices, importance)


def _importance_of_users(workers: Workers, part: Part, importance: Float32) -> Float32:
    return sgd.sums(part.by_user.starts, part.by_user.indices, importance)


def _add(workers: Workers, total: Float32, ridge: Handle) -> Float32:
    return np.asarray(total[:, None] + ridge, np.float32)


def _missing(
    workers: Workers, rows: Float32, prior: Float32, weight: Float32, importance: Float32
) -> Float32:
    missing = rows - prior
    missing[:, :2] = 0.0
    return _pulled(workers, missing, weight, importance)


def _pulled(workers: Workers, rows: Float32, weight: Float32, importance: Float32) -> Float32:
    return np.asarray(rows * (importance * weight)[:, None], np.float32)


def _residual(workers: Workers, pulled: Float32, y: Float32, ridge: Float32) -> Float32:
    return np.asarray(pulled - ridge * y, np.float32)


def _next_residual(
    workers: Workers,
    residual: Float32,
    image: Float32,
    direction: Float32,
    step: Float32,
    ridge: Float32,
) -> Float32:
    return np.asarray(residual - step * (image + ridge * direction), np.float32)


def _scaled(workers: Workers, residual: Float32, diagonal: Float32) -> tuple[Float32, Float64]:
    scaled = residual / diagonal
    return scaled, _column_dots(residual, scaled)


def _weighed(workers: Workers, sums: Float32, weight: Float32) -> Float32:
    return np.asarray(sums * weight[:, None], np.float32)


def _curvature(workers: Workers, spread: Float32, importance: Float32) -> Float64:
    return _column_dots(spread * importance[:, None], spread)


def _squares(workers: Workers, direction: Float32) -> Float64:
    return _column_dots(direction, direction)


def _step(
    workers: Workers, old: Float64, curvature: Float64, lengths: Float64, ridge: float
) -> Float32:
    return _divide(workers, old, curvature + ridge * lengths)


def _moved(workers: Workers, start: Float32, direction: Float32, step: Float32) -> Float32:
    out = simd.copied(start)
    out += step * direction
    return out


def _column_dots(a: Float32, b: Float32) -> Float64:
    return np.asarray(np.einsum("nd,nd->d", a, b), np.float64)


def _divide(workers: Workers, a: Float64, b: Float64) -> Float32:
    """a / b with 0 for the empty columns."""
    return np.asarray(np.divide(a, b, out=np.zeros_like(a), where=b > 0), np.float32)
