"""Parses the ratings of a MovieLens set, many lines at a time.

A line as MovieLens writes it (digits only, stars such as 4.0) is parsed by numpy together with its
neighbours: 25 million of them take half a minute. Any other line is parsed on its own, more
patiently, and rejected with the reason if it cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from movies.imports.archives import MAX_LINE_BYTES, Archive, first_line, read_blocks
from movies.imports.dataset import Meter, OnReject, RatingBlock, RatingLine, SourceError
from movies.imports.movielens.fields import (
    MAX_NUMBER,
    MAX_TIME,
    column_names,
    half_stars,
    parse_number,
    rejected,
    seconds,
    split_csv,
)

Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

# More digits than MAX_NUMBER and MAX_TIME have; longer fields are left to the patient parser.
_MAX_DIGITS = 10
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

    @classmethod
    def of(
        cls, archive: Archive, file: str, separator: bytes, known: tuple[str, ...] | None
    ) -> Columns:
        """
        Args:
            known: The columns of a layout without a header.

        Raises:
            SourceError: a column is missing.
        """
        names = known or tuple(column_names(first_line(archive, file), separator))
        if not any(names):
            raise SourceError(f"{file} is empty.")
        for name in ("userid", "movieid", "rating"):
            if names.count(name) != 1:
                raise SourceError(
                    f"{file}: the first line must name userId, movieId, rating, timestamp; "
                    f"it is {', '.join(names)[:120]!r}."
                )
        return cls(
            separator,
            len(names),
            names.index("userid"),
            names.index("movieid"),
            names.index("rating"),
            names.index("timestamp") if "timestamp" in names else None,
            known is None,
        )


def read_ratings(
    archive: Archive, file: str, columns: Columns, on_reject: OnReject, meter: Meter
) -> Iterator[RatingBlock]:
    name = PurePosixPath(file).name
    for number, block in read_blocks(archive, file, meter):
        parsed = _Block(number, block, columns).parse(name, on_reject)
        if parsed.n:
            yield parsed


class _Block:
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
        columns, separators = (
            self._columns,
            np.flatnonzero(self._text == ord(self._separator)),
        )
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

        rater, movie = self._number(*field(columns.rater)), self._number(*field(columns.movie))
        stars, stars_ok = self._half_stars(*field(columns.rating))
        time = rater[0] * 0
        if columns.time is not None:
            time, time_ok = self._number(*field(columns.time))
            ok &= time_ok & (time <= MAX_TIME)
        for number, number_ok in (rater, movie):
            ok &= number_ok & (number > 0) & (number <= MAX_NUMBER)
        return ok & stars_ok, RatingBlock(lines, rater[0], movie[0], stars, time)

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
    if columns.separator == b",":
        fields = [field.strip(b" ") for field in split_csv(line)]
    else:
        fields = line.split(columns.separator)
    if len(fields) != columns.count:
        raise ValueError(f"{len(fields)} fields where {columns.count} are expected")
    return (
        number,
        parse_number(fields[columns.rater], "user number"),
        parse_number(fields[columns.movie], "movie number"),
        half_stars(fields[columns.rating]),
        0 if columns.time is None else seconds(fields[columns.time]),
    )
