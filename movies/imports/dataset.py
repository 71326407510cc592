"""A data set as plain tuples, whatever format it was read from.

It has its own numbers for movies and raters; the import maps them to database rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray


class SourceError(Exception):
    """The source cannot be read; nothing was written."""


class Reject(NamedTuple):
    """A line that cannot be imported, and why."""

    file: str
    line: int
    reason: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


class MovieLine(NamedTuple):
    line: int
    number: int
    title: str
    original_title: str = ""
    year: int | None = None
    genres: tuple[str, ...] = ()
    movielens_id: int | None = None
    catalogue_key: str | None = None
    imdb_id: str = ""
    tmdb_id: int | None = None


# line, the rater's number, the movie's number, half_stars, seconds since 1970 in UTC; 0 if unknown.
RatingLine: TypeAlias = tuple[int, int, int, int, int]


class RatingBlock(NamedTuple):
    """Successive ratings as columns; a large set has 25 million of them."""

    lines: NDArray[np.int64]
    raters: NDArray[np.int64]
    movies: NDArray[np.int64]
    half_stars: NDArray[np.int64]
    seconds: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[RatingLine]) -> RatingBlock:
        return cls(*np.array(rows, np.int64).reshape(-1, len(cls._fields)).T)

    @classmethod
    def joined(cls, blocks: Sequence[RatingBlock]) -> RatingBlock:
        return cls(*map(np.concatenate, zip(*blocks, strict=True)))

    @property
    def n(self) -> int:
        return self.lines.size

    def take(self, rows: slice | NDArray[np.int64] | NDArray[np.bool_]) -> RatingBlock:
        return RatingBlock(*(column[rows] for column in self))

    def rows(self) -> Iterator[RatingLine]:
        return zip(*(column.tolist() for column in self), strict=True)


OnReject: TypeAlias = Callable[[Reject], None]


@dataclass
class Meter:
    """How much of the ratings has been read: bytes of a file, or lines without a file."""

    total: int
    done: int = 0


@dataclass(frozen=True)
class DataSet:
    """A source of movies and ratings; both can be read repeatedly."""

    name: str
    movies_file: str
    ratings_file: str
    read_movies: Callable[[OnReject], Iterator[MovieLine]]
    read_rating_blocks: Callable[[OnReject, Meter], Iterator[RatingBlock]]
    read_fingerprint: Callable[[], str]
    # Looks at all ratings, yields how many so far, and raises SourceError if they are not stars.
    check_scale: Callable[[Meter], Iterator[int]] = lambda meter: iter(())
    size: int = 0
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def fingerprint(self) -> str:
        """Of the ratings: equal for the same ratings in another folder or zip."""
        return self.read_fingerprint()

    def named(self, name: str) -> DataSet:
        """The same set under another name, which keys in the catalogue begin with too."""
        if name == self.name:
            return self

        def read_movies(on_reject: OnReject) -> Iterator[MovieLine]:
            for movie in self.read_movies(on_reject):
                key = movie.catalogue_key
                if key and key.startswith(f"{self.name}:"):
                    movie = movie._replace(catalogue_key=name + key.removeprefix(self.name))
                yield movie

        return replace(self, name=name, read_movies=read_movies)

    def read_ratings(self, on_reject: OnReject, meter: Meter) -> Iterator[RatingLine]:
        """The ratings one by one, for sets of moderate size."""
        for block in self.read_rating_blocks(on_reject, meter):
            yield from block.rows()
