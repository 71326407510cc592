"""Principal components of item factors: the directions in which items differ most.

With rows q_i, weights w_i and their mean c, the components are the eigenvectors V of

    C = sum_i w_i (q_i - c)(q_i - c)' / sum_i w_i        (k, k), largest eigenvalues first

and the place of item i is V'(q_i - c). For a user with vector u, in a world whose mean user
is m, V'(u - m) says how many stars more than the mean user they give per unit of each place.

Two fits of the same ratings differ by a rotation, and components of nearly equal variance change
places. So the axes of a new fit are rotated onto those before (`align_axes`: Schoenemann 1966).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recommender.core.ratings import Float64, Int64

# An eigenvalue this much smaller than the largest is rounding.
_SMALLEST_SHARE = 1e-9


@dataclass(frozen=True)
class Components:
    """Orthonormal directions in the space of the item factors."""

    centre: Float64  # (k,) the weighted mean of the rows
    axes: Float64  # (k, m) orthonormal columns
    covariance: Float64  # (k, k) of the rows around the centre

    @property
    def n_axes(self) -> int:
        return int(self.axes.shape[1])

    @property
    def variance(self) -> Float64:
        """(m,) of the places along each axis."""
        return np.asarray(np.einsum("ka,kl,la->a", self.axes, self.covariance, self.axes))

    @property
    def share(self) -> Float64:
        """(m,) part of all variance that each axis shows, 0 to 1."""
        total = float(np.trace(self.covariance))
        return self.variance / total if total > 0 else np.zeros(self.n_axes)

    def project(self, rows: Any) -> Float64:
        """(n, m) where each of the rows (n, k) stands."""
        return np.asarray((np.asarray(rows, np.float64) - self.centre) @ self.axes)

    def first(self, n: int) -> Components:
        return replace(self, axes=self.axes[:, :n])


def principal_components(rows: Any, weights: Any, n: int) -> Components:
    """The n components of most variance, fewer where the rows do not reach that far.

    rows: (n_items, k); weights: (n_items,) not negative. The sign of an axis is a rule: the row
    of the largest weight x |place|^2 stands on the positive side.

    Raises ValueError when no row has weight.
    """
    wide = np.asarray(rows, np.float64)
    w = np.asarray(weights, np.float64)
    if not w.sum() > 0:
        raise ValueError("components need rows with weight")
    centre = w @ wide / w.sum()
    centred = wide - centre
    covariance = np.asarray((centred * w[:, None]).T @ centred / w.sum())
    values, vectors = np.linalg.eigh(covariance)
    order = np.argsort(-values, kind="stable")
    kept = order[values[order] > _SMALLEST_SHARE * max(float(values[order[0]]), 0.0)][:n]
    axes = vectors[:, kept]
    return Components(centre, axes * _signs(centred @ axes, w), covariance)


def _signs(places: Float64, weights: Float64) -> Float64:
    heaviest = np.argmax(weights[:, None] * places**2, axis=0)
    return np.where(places[heaviest, np.arange(places.shape[1])] < 0, -1.0, 1.0)


def align_axes(components: Components, places: Any, before: Any, weights: Any) -> Components:
    """The axes inside the span of `components` closest to those of an earlier fit.

    places: (n, wide) of the items both pictures show, in `components`; before: (n, m <= wide)
    their old places; weights: (n,). Of all turns R with orthonormal columns (wide, m) the one
    of the largest sum_i w_i <before_i, R' place_i>, each old axis counted by its own length.
    """
    w = np.asarray(weights, np.float64)[:, None]
    new, old = _centred(places, w), _centred(before, w)
    lengths = np.sqrt((w * old**2).sum(axis=0))
    left, _, right = np.linalg.svd(
        (new * w).T @ (old / np.maximum(lengths, 1e-12)), full_matrices=False
    )
    return replace(components, axes=components.axes @ left @ right)


def axis_cosines(places: Any, before: Any, weights: Any) -> Float64:
    """(m,) cosine between old and new places along each axis, -1 to 1; 1 is the same picture."""
    w = np.asarray(weights, np.float64)[:, None]
    new, old = _centred(places, w), _centred(before, w)
    products = (w * new * old).sum(axis=0)
    lengths = np.sqrt((w * new**2).sum(axis=0) * (w * old**2).sum(axis=0))
    return np.asarray(np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0))


def extremes(places: Any, n: int) -> tuple[Int64, Int64]:
    """Rows of the n lowest and the n highest of (n_items,) places, the furthest out first."""
    order = np.argsort(np.asarray(places), kind="stable")
    return order[:n].astype(np.int64), order[::-1][:n].astype(np.int64)


def _centred(places: Any, weights: Float64) -> Float64:
    wide = np.asarray(places, np.float64)
    return np.asarray(wide - (weights * wide).sum(axis=0) / weights.sum())
