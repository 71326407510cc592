"""Two drawings of a tiny fit: its error by epoch, and people and movies on the plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.core.ratings import Float64
from recommender.lesson.fit_animation import Watched
from recommender.lesson.tables import MOVIES, PEOPLE

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400, 190, 34, 10, 12, 26
# The plane is a square in a wider drawing: names of movies stand right of their marks.
PLANE_WIDTH, PLANE_HEIGHT, REACH = 560, 400, 160
CENTRE = (235, 200)
# Names of people, on the left, keep this far apart, and so do those of movies.
LINE = 19.0


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Curve:
    """The error by epoch; the dot stands at the epoch shown."""

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


def curve(watched: Watched) -> Curve:
    highest = max(0.5, float(watched.rmse.max()), watched.of_the_mean)
    down, across = (HEIGHT - TOP - BOTTOM) / highest, (WIDTH - LEFT - RIGHT - 6) / len(watched.rmse)

    def x(epoch: int) -> float:
        return round(LEFT + 6 + epoch * across, 1)

    def y(error: float) -> float:
        return round(HEIGHT - BOTTOM - error * down, 1)

    dots = [(x(epoch), y(error)) for epoch, error in enumerate(watched.rmse.tolist())]
    return Curve(
        points=" ".join(f"{a},{b}" for a, b in dots),
        dots=dots,
        at=dots[watched.epoch],
        mean_y=y(watched.of_the_mean),
        x_ticks=[Tick(x(epoch), str(epoch)) for epoch in range(0, len(dots), 10)],
        y_ticks=[Tick(y(half / 2), f"{half / 2:g}") for half in range(int(2 * highest) + 1)],
    )


@dataclass(frozen=True)
class Mark:
    name: str
    is_person: bool
    x: float
    y: float
    label_y: float  # down from the mark, where names would meet


@dataclass(frozen=True)
class Plane:
    """Where people and movies stand; one frame for all epochs, so that they are seen to move."""

    scale: float  # of the drawing for 1
    places: Float64  # (n_epochs + 1, n_people + n_movies, 2) in the drawing
    labels: Float64  # (n_epochs + 1, n_people + n_movies) down from the mark
    epoch: int
    width: int = PLANE_WIDTH
    height: int = PLANE_HEIGHT
    centre: tuple[int, int] = CENTRE

    @property
    def marks(self) -> list[Mark]:
        names = [(name, True) for name in PEOPLE] + [(name, False) for name in MOVIES]
        rows = zip(names, self.places[self.epoch], self.labels[self.epoch], strict=True)
        return [Mark(*named, float(x), float(y), float(label)) for named, (x, y), label in rows]


def plane(watched: Watched) -> Plane:
    fit = watched.fit
    factors = np.concatenate([fit.user_factors, fit.item_factors], axis=1)
    scale = round(REACH / max(1.0, float(np.abs(factors).max())), 2)
    places = (np.array(CENTRE) + factors * scale * [1, -1]).round(1)
    n = len(PEOPLE)
    labels = [
        np.concatenate([_apart(of_epoch[:n, 1]), _apart(of_epoch[n:, 1])]) for of_epoch in places
    ]
    return Plane(scale, places, np.stack(labels), watched.epoch)


def _apart(down: Float64) -> Float64:
    """How far each label moves so that no two of a column meet, all as little as can be.

    Least squares under an order: neighbours that are too close share their way.
    """
    order = np.argsort(down, kind="stable")
    steps = LINE * np.arange(len(down))
    placed = _rising((down[order] - steps).tolist()) + steps
    moved = np.empty_like(down)
    moved[order] = placed - down[order]
    return moved.round() + 0.0


def _rising(values: Sequence[float]) -> Float64:
    """The closest values that never fall: neighbours that do are pooled to their mean."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pool = (value, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, n = pools.pop()
            pool = ((mean * n + pool[0] * pool[1]) / (n + pool[1]), n + pool[1])
        pools.append(pool)
    return np.repeat([mean for mean, _n in pools], [n for _mean, n in pools])


def for_script(watched: Watched) -> dict[str, Any]:
    """Every epoch for the page's script; numbers in hundredths, as they are written."""
    fit, drawn = watched.fit, plane(watched)

    def hundredths(factors: Float64) -> list[Any]:
        return (100 * factors).round().astype(int).reshape(len(factors), -1).tolist()

    return {
        "mean": round(100 * fit.global_mean),
        "people": hundredths(fit.user_factors),
        "movies": hundredths(fit.item_factors),
        "stars": [None if np.isnan(r) else r for r in watched.table.ravel().tolist()],
        "rmse": hundredths(watched.rmse),
        "scale": drawn.scale,
        "centre": drawn.centre,
        "labels": drawn.labels.astype(int).tolist(),
        "first": list(fit.first),
    }
