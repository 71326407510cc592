"""Users and items as the two sides of the rating block, each the mirror image of the other.

Letters as in `sgd_kernels`: rows U or V; prior z or s, the implicit part of the rows; implicit x or
y, the vectors that the *other* side sums up; weight w = |N|^-1/2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from recommender.core.fitting import sgd_kernels, simd
from recommender.core.fitting.sgd_kernels import SideArrays
from recommender.core.fitting.threads import Workers, pieces
from recommender.core.ratings import Float32, Float64, Int32, Int64


@dataclass
class Side:
    """One side of the rating block; arrays are (n, width) float32 unless said otherwise."""

    bias_column: int  # 0 for users, 1 for items
    starts: Int64  # (n + 1,) where the ratings of each row begin
    indices: Int32  # (n_ratings,) rows of the other side
    stars: Float32  # (n_ratings,)
    weight: Float32  # (n,) one over the root of the number of ratings, 0 for none
    rows: Float32
    prior: Float32
    implicit: Float32
    variance: Float32  # diagonal of the posterior covariance of the factors

    @property
    def counts(self) -> Int64:
        """(n,) number of ratings of each row."""
        return np.diff(self.starts)

    @property
    def arrays(self) -> SideArrays:
        """The same for a kernel."""
        return SideArrays(
            self.bias_column,
            *(self.starts, self.indices, self.stars, self.weight),
            *(self.rows, self.prior, self.implicit, self.variance),
        )


def make_side(
    bias_column: int,
    keys: Int32,
    others: Int32,
    stars: Float32,
    size: int,
    n_factors: int,
    sd: float,
    rng: np.random.Generator,
) -> Side:
    """A side of `size` rows with normal random factors of standard deviation sd and zero biases.

    keys, others: (n_ratings,) rows of this side and of the other one.
    """
    starts, order = sgd_kernels.group(keys, size)
    width = simd.padded(2 + n_factors)  # the bias columns come first
    rows, prior, implicit, variance = (simd.zeros(size, width) for _ in range(4))
    rows[:, 1 - bias_column] = 1.0
    rows[:, 2 : 2 + n_factors] = rng.standard_normal((size, n_factors), np.float32) * sd
    counts = np.diff(starts)
    weight = np.where(counts > 0, 1.0 / np.sqrt(np.maximum(counts, 1)), 0.0).astype(np.float32)
    columns = (others[order], stars[order], weight)
    return Side(bias_column, starts, *columns, rows, prior, implicit, variance)


def sum_implicit(own: Side, other: Side, workers: Workers) -> Float32:
    """The prior of every row: weight x sum of the other side's implicit vectors over its set.

    That of a bias is left as it is.
    """
    out = simd.zeros(*own.rows.shape)
    _gather(own, other.implicit, out, workers)
    out *= own.weight[:, None]
    out[:, :2] = own.prior[:, :2]
    return out


def move_prior(own: Side, prior: Float32) -> None:
    """Put a new implicit part under the rows and let the rows move with it.

    Koren's double movement: keeping the rows where they were costs .01 of RMSE.
    """
    own.rows += prior - own.prior
    own.prior = prior


def solve_implicit(
    own: Side, other: Side, ridge: float, power: float, iterations: int, workers: Workers
) -> None:
    """Conjugate gradient steps for the other side's implicit vectors (users: y), from their last.

        min_y sum_u W_u |U_u - w_u sum_{j in N_u} y_j|^2 + ridge |y|^2,   W_u = n_u^power / mean

    Preconditioner: sum of W over an item's raters + ridge, the bound on the matrix rows. Every
    column has steps of its own. A plain gradient of any step size diverges or crawls.
    """
    if not iterations:
        return
    importance = (own.counts.astype(np.float64) ** power * (own.weight > 0)).astype(np.float32)
    importance /= importance.mean()
    pull = (importance * own.weight)[:, None]
    diagonal = sgd_kernels.sums(other.starts, other.indices, importance)[:, None] + np.float32(
        ridge
    )
    y = other.implicit
    missing = own.rows - own.prior
    missing[:, :2] = 0.0
    residual = np.empty_like(y)
    _gather(other, missing * pull, residual, workers)
    residual -= np.float32(ridge) * y
    scaled = residual / diagonal
    direction, old = scaled.copy(), _column_dots(residual, scaled)
    sums, z = np.empty_like(own.rows), own.prior.copy()
    for iteration in range(iterations):
        _gather(own, direction, sums, workers)
        sums *= own.weight[:, None]
        curvature = _column_dots(sums * importance[:, None], sums)
        curvature += ridge * _column_dots(direction, direction)
        step = _divide(old, curvature)
        y += step * direction
        z += step * sums
        if iteration + 1 == iterations:
            break
        image = np.empty_like(y)
        _gather(other, sums * pull, image, workers)
        residual -= step * (image + np.float32(ridge) * direction)
        np.divide(residual, diagonal, out=scaled)
        new = _column_dots(residual, scaled)
        direction = scaled + _divide(new, old) * direction
        old = new
    move_prior(own, z)


def _gather(own: Side, source: Float32, out: Float32, workers: Workers) -> None:
    shape = simd.shape_of(out.shape[1])
    workers.run(
        [
            partial(sgd_kernels.gather, own.starts, own.indices, source, out, first, last, shape)
            for first, last in pieces(own.starts)
        ]
    )


def _column_dots(a: Float32, b: Float32) -> Float64:
    return np.asarray(np.einsum("nd,nd->d", a, b), np.float64)


def _divide(a: Float64, b: Float64) -> Float32:
    """a / b with 0 for the empty columns."""
    return np.asarray(np.divide(a, b, out=np.zeros_like(a), where=b > 0), np.float32)
