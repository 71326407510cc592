"""Looks at all ratings of a data set before the first is written: are they on the scale?

Half stars up to five are taken as they are. On any other scale only some ratings would be possible
numbers of stars, so half a data set would be imported, each number with another meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np

from movies.imports.archives import Archive, read_blocks
from movies.imports.dataset import Meter, SourceError
from movies.imports.movielens.fields import half_stars_on_scale
from movies.imports.movielens.ratings import Block, Columns, WrittenRatings

TOP_STARS = 5
SCALES = (5, 7, 10, 100)


def check_scale(archive: Archive, file: str, columns: Columns, meter: Meter) -> Iterator[int]:
    """Yields how many ratings have been looked at.

    Raises:
        SourceError: Not all ratings are on the scale of the columns, or none is a number.
    """
    seen = _Seen()
    for number, block in read_blocks(archive, file, meter):
        seen.add(Block(number, block, columns).ratings_as_written())
        yield seen.n
    seen.check(PurePosixPath(file).name, columns.scale)


class _Seen:
    """The range of the ratings so far, with the lines where they are first that low or high."""

    def __init__(self) -> None:
        self.n = 0
        self._lowest, self._highest = (np.inf, 0), (-np.inf, 0)
        self._between: tuple[float, int] | None = None
        self._no_number: tuple[int, str] | None = None

    def add(self, ratings: WrittenRatings) -> None:
        self._no_number = self._no_number or ratings.no_number
        lines, values = ratings.lines, ratings.values
        if not values.size:
            return
        self.n += values.size
        low, high = int(values.argmin()), int(values.argmax())
        self._lowest = min(self._lowest, (float(values[low]), int(lines[low])))
        if values[high] > self._highest[0]:
            self._highest = float(values[high]), int(lines[high])
        between = np.flatnonzero(2 * values % 1)
        if self._between is None and between.size:
            self._between = float(values[between[0]]), int(lines[between[0]])

    def check(self, file: str, scale: int | None) -> None:
        (low, low_line), (high, high_line) = self._lowest, self._highest
        if self._no_number and not self.n:
            line, text = self._no_number
            raise SourceError(f"{file}, line {line}: {text!r} is no number, nor is any rating.")
        if not self.n:
            return
        outside = (
            f"{file} has ratings from {low:g} (line {low_line}) to {high:g} (line {high_line})"
        )
        if low < 0 or high > SCALES[-1]:
            raise SourceError(
                f"{outside}. Scales begin at 0 or above and end at {', '.join(map(str, SCALES))}:"
                " correct these lines or convert the file. Nothing was imported."
            )
        if high > (scale or TOP_STARS):
            fits = next(each for each in SCALES if high <= each)
            raise SourceError(
                f"{outside}, not up to {scale or TOP_STARS}. If the highest possible rating is"
                f" {fits}, use --scale {fits}: {_example(fits)}. Else correct the lines above"
                f" {scale or TOP_STARS}. Nothing was imported."
            )
        if self._between and scale is None:
            value, line = self._between
            raise SourceError(
                f"{file}, line {line}: {value:g} lies between half stars. To round such ratings,"
                f" use --scale {TOP_STARS}. Nothing was imported."
            )


def _example(scale: int) -> str:
    value = {7: "5", 10: "7", 100: "75"}[scale]
    return f"{value} becomes {half_stars_on_scale(value.encode(), scale) / 2:g} stars"
