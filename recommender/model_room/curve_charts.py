"""Line charts of a run's error by epoch, as points for SVG polylines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import isfinite
from typing import Any

WIDTH, HEIGHT, MARGIN = 360, 160, 12
SERIES = ("train_rmse", "validation_rmse")


@dataclass(frozen=True)
class Line:
    name: str
    points: str  # of an SVG polyline
    last: float


@dataclass(frozen=True)
class Chart:
    """The error of one block in one phase, by epoch."""

    phase: str
    block: str
    n_epochs: int
    lowest: float
    highest: float
    lines: list[Line]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def summary(self) -> str:
        ends = ", ".join(f"{line.name} {line.last:.4f}" for line in self.lines)
        return f"{self.block}: after {self.n_epochs} epochs {ends}"


def curve_charts(curve: Iterable[Mapping[str, Any]]) -> list[Chart]:
    """A chart for each block of each phase with at least two epochs."""
    groups = groupby(curve, key=lambda point: (point.get("phase", ""), point.get("block", "")))
    drawn = (_chart(phase, block, list(points)) for (phase, block), points in groups)
    return [chart for chart in drawn if chart is not None]


def _chart(phase: str, block: str, points: list[Mapping[str, Any]]) -> Chart | None:
    values = {name: _finite(points, name) for name in SERIES}
    known = [error for series in values.values() for _, error in series]
    if len(points) < 2 or not known:
        return None
    lowest, highest = min(known), max(known)
    lines = [
        Line(name.partition("_")[0], _points(series, len(points), lowest, highest), series[-1][1])
        for name, series in values.items()
        if series
    ]
    return Chart(phase, block, len(points), lowest, highest, lines)


def _finite(points: list[Mapping[str, Any]], name: str) -> list[tuple[int, float]]:
    """(index, value) of each finite value; a fit that diverged has others."""
    return [
        (index, float(point[name]))
        for index, point in enumerate(points)
        if point.get(name) is not None and isfinite(point[name])
    ]


def _points(series: list[tuple[int, float]], n: int, lowest: float, highest: float) -> str:
    across = (WIDTH - 2 * MARGIN) / max(n - 1, 1)
    down = (HEIGHT - 2 * MARGIN) / ((highest - lowest) or 1.0)
    return " ".join(
        f"{MARGIN + index * across:.1f},{MARGIN + (highest - error) * down:.1f}"
        for index, error in series
    )
