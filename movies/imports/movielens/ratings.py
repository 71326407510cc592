"""Parses the ratings of a MovieLens set, many lines at a time.

A line as MovieLens writes it (digits only, stars such as 4.0) is parsed by numpy together with its
neighbours: 25 million of them take half a minute. Any other line is parsed on its own, more
patiently, and rejected with the reason if it cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from movies.imports.archives import MAX_LINE_BYTES, Archive, first_line, read_blocks
from movies.imports.dataset import Meter, OnReject, RatingBlock, RatingLine
from movies.imports.movielens.fields import (
    MAX_NUMBER,
    MAX_TIME,
    ZERO_IS_A_RATING,
    check_columns,
    column_names,
    half_stars,
    half_stars_on_scale,
    parse_number,
    plain_number,
    rejected,
    seconds,
    split_csv,
)

Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

STARS = 5
# More digits than MAX_NUMBER and MAX_TIME have; longer fields are left to the patient parser.
_MAX_DIGITS = 10
_NEEDED = ("userid", "movieid", "rating")
_LINE_END, _RETURN, _DOT, _ZERO = b"\n\r.0"


@dataclass(frozen=True)
class Columns:
    """Positions of the fields on a line."""

    separator: bytes
    count: int
    rater: int
    movie: int
    rating: int
    time: int | None
    has_header: bool
    scale: int | None  # the highest possible rating; None: half stars up to five, nothing else

    @classmethod
    def of(
        cls,
        archive: Archive,
        file: str,
        separator: bytes,
        known: tuple[str, ...] | None,
        scale: int | None = None,
    ) -> Columns:
        """
        Args:
            known: The columns of a layout without a header.
            scale: The highest possible rating, if ratings are to be converted.

        Raises:
            SourceError: a column is missing.
        """
        names = list(known or column_names(first_line(archive, file), separator))
        check_columns(file, names, _NEEDED, ("timestamp",))
        return cls(
            separator,
            len(names),
            names.index("userid"),
            names.index("movieid"),
            names.index("rating"),
            names.index("timestamp") if "timestamp" in names else None,
            known is None,
            scale,
        )


class WrittenRatings(NamedTuple):
    """The numbers in the column of ratings, whatever they mean."""

    lines: Integers
    values: NDArray[np.float64]
    no_number: tuple[int, str] | None  # the first line with something else, and what


def read_ratings(
    archive: Archive, file: str, columns: Columns, on_reject: OnReject, meter: Meter
) -> Iterator[RatingBlock]:
    name = PurePosixPath(file).name
    for number, block in read_blocks(archive, file, meter):
        parsed = Block(number, block, columns).parse(name, on_reject)
        if parsed.n:
            yield parsed


class Block:
    """Successive lines of a file, of which all but the last end with a line end."""

    def __init__(self, first_line: int, block: bytes, columns: Columns) -> None:
        self._first_line, self._block, self._columns = first_line, block, columns
        text = block if block.endswith(b"\n") else block + b"\n"
        separator = columns.separator
        self._is_plain = len(separator) == 1
        if separator == b"::" and b"\t" not in text:
            text, separator, self._is_plain = text.replace(b"::", b"\t"), b"\t", True
        self._separator = separator
        self._text = np.frombuffer(text, np.uint8)
        self._ends = np.flatnonzero(self._text == _LINE_END)
        self._starts = np.concatenate([[0], self._ends[:-1] + 1])

    def parse(self, name: str, on_reject: OnReject) -> RatingBlock:
        lines = self._first_line + np.arange(self._ends.size)
        if self._is_plain:
            ok, block = self._parse_plain(lines)
        else:
            ok, block = np.zeros(lines.size, bool), RatingBlock(*[lines.copy() for _ in range(5)])
        odd = ~ok
        odd[: int(self._columns.has_header and self._first_line == 1)] = False
        if odd.any():
            texts = self._block.split(b"\n")
            for row in np.flatnonzero(odd).tolist():
                rating = self._parse_odd(int(lines[row]), texts[row], name, on_reject)
                if rating:
                    ok[row] = True
                    for column, value in zip(block, rating, strict=True):
                        column[row] = value
        return block if ok.all() else block.take(ok)

    def _parse_plain(self, lines: Integers) -> tuple[Bools, RatingBlock]:
        """The ratings of all lines, and which of them are as MovieLens writes them."""
        columns = self._columns
        ok, field = self._fields()
        rater, movie = self._number(*field(columns.rater)), self._number(*field(columns.movie))
        stars, stars_ok = self._stars(*field(columns.rating))
        time = rater[0] * 0
        if columns.time is not None:
            time, time_ok = self._number(*field(columns.time))
            ok &= time_ok & (time <= MAX_TIME)
        for number, number_ok in (rater, movie):
            ok &= number_ok & (number > 0) & (number <= MAX_NUMBER)
        return ok & stars_ok, RatingBlock(lines, rater[0], movie[0], stars, time)

    def ratings_as_written(self) -> WrittenRatings:
        """Of all lines that have a field for it."""
        lines = self._first_line + np.arange(self._ends.size)
        known, values = np.zeros(lines.size, bool), np.zeros(lines.size)
        if self._is_plain:
            has_fields, field = self._fields()
            place = field(self._columns.rating)
            (half_stars, is_stars), (whole, is_whole) = (
                self._half_stars(*place),
                self._number(*place),
            )
            known = has_fields & (is_stars | is_whole)
            values = np.where(is_stars, half_stars / 2, whole)
        odd = ~known
        odd[: int(self._columns.has_header and self._first_line == 1)] = False
        no_number = None
        texts = self._block.split(b"\n") if odd.any() else []
        for row in np.flatnonzero(odd).tolist():
            try:
                text = split_fields(texts[row].rstrip(b"\r"), self._columns)[self._columns.rating]
            except ValueError:
                continue
            if (value := plain_number(text)) is not None:
                known[row], values[row] = True, float(value)
            elif no_number is None:
                no_number = int(lines[row]), text[:40].decode("utf-8", "replace")
        return WrittenRatings(lines[known], values[known], no_number)

    def _fields(self) -> tuple[Bools, Callable[[int], tuple[Integers, Integers]]]:
        """Which lines have all fields, and where the field of an index begins and ends."""
        columns = self._columns
        separators = np.flatnonzero(self._text == ord(self._separator))
        first = np.searchsorted(separators, self._starts)
        ok = np.searchsorted(separators, self._ends) - first == columns.count - 1
        if columns.has_header and self._first_line == 1:
            ok[0] = False
        # A line with too few fields borrows those of later lines, and is not `ok` anyway.
        bounds = np.concatenate([separators, np.full(columns.count, self._text.size - 1)])
        returns = self._text[np.maximum(self._ends - 1, 0)] == _RETURN

        def field(index: int) -> tuple[Integers, Integers]:
            is_last = index == columns.count - 1
            start = self._starts if index == 0 else bounds[first + index - 1] + 1
            return start, self._ends - returns if is_last else bounds[first + index]

        return ok, field

    def _number(self, start: Integers, end: Integers) -> tuple[Integers, Bools]:
        width = end - start
        ok = (width > 0) & (width <= _MAX_DIGITS)
        value = np.zeros(start.size, np.int64)
        for place in range(min(int(width.max(initial=0)), _MAX_DIGITS)):
            inside = place < width
            digit = self._at(start + place)
            ok &= ~inside | (digit <= 9)
            value = np.where(inside, 10 * value + digit, value)
        return value, ok

    def _stars(self, start: Integers, end: Integers) -> tuple[Integers, Bools]:
        scale = self._columns.scale
        if scale is None or scale == STARS:
            return self._half_stars(start, end)
        value, ok = self._number(start, end)
        ok &= (value <= scale) & ((value > 0) | (scale in ZERO_IS_A_RATING))
        return np.maximum((20 * value + scale) // (2 * scale), 1), ok

    def _half_stars(self, start: Integers, end: Integers) -> tuple[Integers, Bools]:
        """Forms such as 4 and 3.5."""
        width = end - start
        whole, half = self._at(start), self._at(start + 2)
        has_dot = (self._text[np.minimum(start + 1, self._text.size - 1)] == _DOT) & (width == 3)
        value = 2 * whole.astype(np.int64) + (has_dot & (half == 5))
        ok = (whole <= 9) & ((width == 1) | (has_dot & ((half == 0) | (half == 5))))
        return value, ok & (value >= 1) & (value <= 10)

    def _at(self, place: Integers) -> NDArray[np.uint8]:
        """The digits there; more than 9 where there is something else."""
        return self._text[np.minimum(place, self._text.size - 1)] - np.uint8(_ZERO)

    def _parse_odd(
        self, number: int, line: bytes, name: str, on_reject: OnReject
    ) -> RatingLine | None:
        line = line.rstrip(b"\r")
        if not line:
            return None
        try:
            return parse_rating(number, line, self._columns)
        except ValueError as error:
            on_reject(rejected(name, number, error, line))
            return None


def parse_rating(number: int, line: bytes, columns: Columns) -> RatingLine:
    """
    Raises:
        ValueError: the line is not a rating.
    """
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("the line is far too long")
    fields = split_fields(line, columns)
    rating = fields[columns.rating]
    return (
        number,
        parse_number(fields[columns.rater], "user number"),
        parse_number(fields[columns.movie], "movie number"),
        half_stars(rating) if columns.scale is None else half_stars_on_scale(rating, columns.scale),
        0 if columns.time is None else seconds(fields[columns.time]),
    )


def split_fields(line: bytes, columns: Columns) -> list[bytes]:
    """
    Raises:
        ValueError: broken quotes, or another number of fields than columns.
    """
    if columns.separator == b",":
        fields = [field.strip(b" ") for field in split_csv(line)]
    else:
        fields = line.split(columns.separator)
    if len(fields) != columns.count:
        raise ValueError(f"{len(fields)} fields where {columns.count} are expected")
    return fields
