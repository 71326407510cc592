"""What every source of ratings is read into: plain tuples, before any row is written.

A data set numbers its movies and its raters in its own way; only the import turns these numbers
into rows of ours.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias


class SourceError(Exception):
    """Nothing of the source can be taken; nothing was written."""


class Reject(NamedTuple):
    """One line that could not be taken, and why."""

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
    """How much of the ratings was read: bytes of a file, or lines where there is no file."""

    total: int
    done: int = 0


@dataclass(frozen=True)
class DataSet:
    """Where movies and ratings come from; both can be read more than once."""

    name: str
    movies_file: str
    ratings_file: str
    read_movies: Callable[[OnReject], Iterator[MovieLine]]
    read_ratings: Callable[[OnReject, Meter], Iterator[RatingLine]]
    size: int = 0
    notes: tuple[str, ...] = field(default=())
