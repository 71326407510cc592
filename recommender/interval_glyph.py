"""The glyph beside predicted stars: a dot where we think, a line as far as we may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from recommender.serving.predictions import HIGHEST_STARS, LOWEST_STARS

WIDTH, HEIGHT, MARGIN = 32, 10, 3


@dataclass(frozen=True)
class Whiskers:
    """Points on the line from half a star to five."""

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
        return cls(_place(low), _place(stars), _place(high))


def _place(stars: float) -> float:
    share = (stars - LOWEST_STARS) / (HIGHEST_STARS - LOWEST_STARS)
    return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)
