"""The interval of a prediction as a glyph: a line from low to high with a dot at the prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from movies.stars import STEPS

WIDTH, HEIGHT, MARGIN = 32, 10, 3
LOWEST, HIGHEST = STEPS[0], STEPS[-1]


@dataclass(frozen=True)
class IntervalGlyph:
    """Coordinates in SVG units; the whole line stands for half a star to five."""

    low: float
    dot: float
    high: float
    start: int = MARGIN
    end: int = WIDTH - MARGIN
    width: int = WIDTH
    height: int = HEIGHT
    middle: int = HEIGHT // 2

    @classmethod
    def between(cls, low: float, stars: float, high: float) -> Self:
        return cls(_x_of(low), _x_of(stars), _x_of(high))


def _x_of(stars: float) -> float:
    share = (stars - LOWEST) / (HIGHEST - LOWEST)
    return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)
