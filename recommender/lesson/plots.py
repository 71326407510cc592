"""Geometry of the two plots of a tiny fit: error by epoch, and factors as places on a plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.ratings import Float64
from recommender.lesson.fit_animation import FitAnimation
from recommender.lesson.tables import MOVIES, PEOPLE

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400, 190, 34, 10, 12, 26
# The plane is a square in a wider drawing, since labels of movies are right of their marks.
PLANE_WIDTH, PLANE_HEIGHT, REACH = 560, 400, 160
CENTRE = (235, 200)
# Minimum distance between the labels of people, on the left, and between those of movies.
LABEL_DISTANCE = 19.0


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class ErrorCurve:
    """The error by epoch, with a dot at the epoch shown."""

    points: str
    dots: Sequence[tuple[float, float]]
    at: tuple[float, float]
    mean_y: float
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def error_curve(animation: FitAnimation) -> ErrorCurve:
    highest = max(0.5, float(animation.rmse.max()), animation.mean_baseline_error)
    down, across = (
        (HEIGHT - TOP - BOTTOM) / highest,
        (WIDTH - LEFT - RIGHT - 6) / len(animation.rmse),
    )

    def x(epoch: int) -> float:
        return round(LEFT + 6 + epoch * across, 1)

    def y(error: float) -> float:
        return round(HEIGHT - BOTTOM - error * down, 1)

    dots = [(x(epoch), y(error)) for epoch, error in enumerate(animation.rmse.tolist())]
    return ErrorCurve(
        points=" ".join(f"{a},{b}" for a, b in dots),
        dots=dots,
        at=dots[animation.epoch],
        mean_y=y(animation.mean_baseline_error),
        x_ticks=[Tick(x(epoch), str(epoch)) for epoch in range(0, len(dots), 10)],
        y_ticks=[Tick(y(half / 2), f"{half / 2:g}") for half in range(int(2 * highest) + 1)],
    )


@dataclass(frozen=True)
class Mark:
    name: str
    is_person: bool
    x: float
    y: float
    label_y: float  # downwards from the mark, to keep labels apart


@dataclass(frozen=True)
class FactorPlane:
    """People and movies by their factors, on the same scale in all epochs."""

    scale: float  # units of the drawing for a factor of 1
    places: Float64  # (n_epochs + 1, n_people + n_movies, 2) in the drawing
    labels: Float64  # (n_epochs + 1, n_people + n_movies), downwards from the mark
    epoch: int
    width: int = PLANE_WIDTH
    height: int = PLANE_HEIGHT
    centre: tuple[int, int] = CENTRE

    @property
    def marks(self) -> list[Mark]:
        names = [(name, True) for name in PEOPLE] + [(name, False) for name in MOVIES]
        rows = zip(names, self.places[self.epoch], self.labels[self.epoch], strict=True)
        return [Mark(*named, float(x), float(y), float(label)) for named, (x, y), label in rows]


def factor_plane(animation: FitAnimation) -> FactorPlane:
    fit = animation.fit
    factors = np.concatenate([fit.user_factors, fit.item_factors], axis=1)
    scale = round(REACH / max(1.0, float(np.abs(factors).max())), 2)
    places = (np.array(CENTRE) + factors * scale * [1, -1]).round(1)
    n = len(PEOPLE)
    labels = [
        np.concatenate([_label_shifts(of_epoch[:n, 1]), _label_shifts(of_epoch[n:, 1])])
        for of_epoch in places
    ]
    return FactorPlane(scale, places, np.stack(labels), animation.epoch)


def _label_shifts(down: Float64) -> Float64:
    """The smallest shifts (in least squares) that keep labels of a column apart, in their order."""
    order = np.argsort(down, kind="stable")
    steps = LABEL_DISTANCE * np.arange(len(down))
    placed = _isotonic((down[order] - steps).tolist()) + steps
    moved = np.empty_like(down)
    moved[order] = placed - down[order]
    return moved.round() + 0.0


def _isotonic(values: Sequence[float]) -> Float64:
    """The closest non-decreasing values: pool adjacent violators to their mean."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pool = (value, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, n = pools.pop()
            pool = ((mean * n + pool[0] * pool[1]) / (n + pool[1]), n + pool[1])
        pools.append(pool)
    return np.repeat([mean for mean, _n in pools], [n for _mean, n in pools])


def animation_data(animation: FitAnimation) -> dict[str, Any]:
    """All epochs, for the page's script; numbers in hundredths, as they are shown."""
    fit, plane = animation.fit, factor_plane(animation)

    def hundredths(factors: Float64) -> list[Any]:
        return (100 * factors).round().astype(int).reshape(len(factors), -1).tolist()

    return {
        "mean": round(100 * fit.global_mean),
        "people": hundredths(fit.user_factors),
        "movies": hundredths(fit.item_factors),
        "stars": [None if np.isnan(r) else r for r in animation.table.ravel().tolist()],
        "rmse": hundredths(animation.rmse),
        "scale": plane.scale,
        "centre": plane.centre,
        "labels": plane.labels.astype(int).tolist(),
        "first": list(fit.first),
    }
