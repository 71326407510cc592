"""Geometry of the accuracy page's plots, drawn as SVG by its templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import NamedTuple

from recommender.accuracy.summary import Bin

INTERVAL_WIDTH, INTERVAL_HEIGHT, INTERVAL_MARGIN = 160, 16, 6
WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 36, 12, 10, 30
SQUARE = 260
_EXACT = 1e-6  # 0.9 / 0.1 is a little less than nine


class Interval(NamedTuple):
    """One interval and its middle, on a scale shared by all rows of a table."""

    low: float
    middle: float
    high: float
    width: int = INTERVAL_WIDTH
    height: int = INTERVAL_HEIGHT


def intervals(rows: Sequence[tuple[float, float, float]]) -> list[Interval]:
    """One for each (low, value, high)."""
    if not rows:
        return []
    scale = _scale(min(row[0] for row in rows), max(row[2] for row in rows),
                   INTERVAL_MARGIN, INTERVAL_WIDTH - INTERVAL_MARGIN)  # fmt: skip
    return [Interval(*(scale(value) for value in row)) for row in rows]


class Point(NamedTuple):
    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Line:
    """One series; missing values leave gaps in its line."""

    name: str
    css_class: str
    pieces: list[str]  # points of SVG polylines
    points: list[Point]


class Tick(NamedTuple):
    at: float
    label: str


@dataclass(frozen=True)
class LinePlot:
    lines: list[Line]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def line_plot(
    labels: Sequence[str], series: Sequence[tuple[str, str, Sequence[float | None]]]
) -> LinePlot | None:
    """A line for each (name, CSS class, values); None without two labels or any value."""
    known = [value for *_, values in series for value in values if value is not None]
    if len(labels) < 2 or not known:
        return None
    ticks = _round_numbers(min(known), max(known))
    down = _scale(ticks[-1], ticks[0], TOP, HEIGHT - BOTTOM)
    across = _scale(0, len(labels) - 1, LEFT + 14, WIDTH - RIGHT - 14)
    lines = []
    for name, css_class, values in series:
        points = [
            None if value is None else Point(across(i), down(value), f"{labels[i]}: {value:.3f}")
            for i, value in enumerate(values)
        ]
        found = [point for point in points if point]
        lines.append(Line(name, css_class, list(_pieces(points)), found))
    return LinePlot(
        lines=lines,
        x_ticks=[Tick(across(i), label) for i, label in enumerate(labels)],
        y_ticks=[Tick(down(value), f"{value:g}") for value in ticks],
    )


@dataclass(frozen=True)
class CalibrationPlot:
    """Mean stars given over mean stars predicted; equal on the diagonal."""

    points: list[tuple[Point, float]]  # each with its radius
    ticks: list[tuple[Tick, float]]  # each with its y
    size: int = SQUARE
    left: int = LEFT
    right: int = SQUARE - RIGHT
    top: int = TOP
    bottom: int = SQUARE - BOTTOM


def calibration_plot(bins: Sequence[Bin]) -> CalibrationPlot | None:
    if len(bins) < 2:
        return None
    across = _scale(0.5, 5.0, LEFT, SQUARE - RIGHT)
    down = _scale(5.0, 0.5, TOP, SQUARE - BOTTOM)
    most = max(part.n_ratings for part in bins)
    return CalibrationPlot(
        points=[
            (
                Point(
                    across(part.mean_predicted),
                    down(part.mean_given),
                    f"{part.mean_predicted:.2f} → {part.mean_given:.2f} ({part.n_ratings})",
                ),
                round(3 + 6 * (part.n_ratings / most) ** 0.5, 1),
            )
            for part in bins
        ],
        ticks=[(Tick(across(star), str(star)), down(star)) for star in range(1, 6)],
    )


def _scale(lowest: float, highest: float, start: float, end: float) -> Callable[[float], float]:
    """Map values to coordinates, rounded to one decimal."""
    step = (end - start) / ((highest - lowest) or 1.0)
    return lambda value: round(start + (value - lowest) * step, 1)


def _pieces(points: Sequence[Point | None]) -> list[str]:
    pieces, piece = [], []
    for point in [*points, None]:
        if point is not None:
            piece.append(f"{point.x},{point.y}")
        elif piece:
            pieces.append(" ".join(piece))
            piece = []
    return pieces


def _round_numbers(lowest: float, highest: float) -> list[float]:
    """Three to six round numbers that enclose both values."""
    span = (highest - lowest) or abs(highest) or 1.0
    magnitude = 10.0 ** floor(log10(span))
    steps = (share * magnitude for share in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0))
    step = next(step for step in steps if span / step <= 4)
    first, last = floor(lowest / step + _EXACT), ceil(highest / step - _EXACT)
    return [round(number * step, 9) for number in range(first, max(last, first + 1) + 1)]
