"""A data set as plain tuples, whatever format it was read from.

It has its own numbers for movies and raters; the import maps them to database rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias


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


# line, the rater's number, the movie's number, half_stars, seconds since 1970 in UTC.
# A bare tuple: a large set has 25 million of them.
RatingLine: TypeAlias = tuple[int, int, int, int, int]

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
    read_ratings: Callable[[OnReject, Meter], Iterator[RatingLine]]
    size: int = 0
    notes: tuple[str, ...] = field(default=())
