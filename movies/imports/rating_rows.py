"""Writes many rows of the ratings table at once, in the fastest way of each database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from movies.models.triggers import rating_counts

Integers: TypeAlias = NDArray[np.int64]


class RatingRows(NamedTuple):
    """Rows of the ratings table as columns."""

    users: Integers
    movies: Integers
    half_stars: Integers
    seconds: Integers  # rated_at, since 1970 in UTC

    @property
    def n(self) -> int:
        return self.users.size

    def take(self, rows: slice | Integers | NDArray[np.bool_]) -> RatingRows:
        return RatingRows(*(column[rows] for column in self))

    def tuples(self) -> Iterator[tuple[int, int, int, int]]:
        return zip(*(column.tolist() for column in self), strict=True)


def insert(rows: RatingRows, table: str) -> None:
    """
    Args:
        table: movies_rating, or a table with its columns.

    Raises:
        IntegrityError: A pair is stored already.
    """
    if not rows.n:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = "user_id, movie_id, half_stars, rated_at, updated_at, prediction_shown"
            # Django's cursor hands `copy` through, and its errors unwrapped.
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)") as copy,
            ):
                copy.write(_binary(rows))
        else:
            cursor.executemany(
                f"INSERT INTO {table} (user_id, movie_id, half_stars, rated_at, updated_at,"  # noqa: S608
                " prediction_shown)"
                " VALUES (%s, %s, %s, datetime(%s, 'unixepoch'), CURRENT_TIMESTAMP, FALSE)",
                rows.tuples(),
            )


# Each field of a binary COPY is its length and its value, big-endian.
_BINARY = np.dtype(
    [
        ("n_fields", ">i2"),
        *[("user_bytes", ">i4"), ("user", ">i8")],
        *[("movie_bytes", ">i4"), ("movie", ">i8")],
        *[("half_stars_bytes", ">i4"), ("half_stars", ">i2")],
        *[("rated_at_bytes", ">i4"), ("rated_at", ">i8")],
        *[("updated_at_bytes", ">i4"), ("updated_at", ">i8")],
        *[("shown_bytes", ">i4"), ("shown", "i1")],
    ]
)
_HEADER, _TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
# PostgreSQL counts microseconds from here.
_YEAR_2000 = 946_684_800


def _binary(rows: RatingRows) -> bytes:
    """The rows as PostgreSQL's binary COPY reads them: a hundred times faster than as text."""
    records = np.zeros(rows.n, _BINARY)
    records["n_fields"] = 6
    for name in _BINARY.names or ():
        if name.endswith("_bytes"):
            records[name] = _BINARY[name.removesuffix("_bytes")].itemsize
    records["user"], records["movie"] = rows.users, rows.movies
    records["half_stars"] = rows.half_stars
    records["rated_at"] = (rows.seconds - _YEAR_2000) * 1_000_000
    records["updated_at"] = int((timezone.now().timestamp() - _YEAR_2000) * 1_000_000)
    return _HEADER + records.tobytes() + _TRAILER


class Merged(NamedTuple):
    """How many ratings a merge has written."""

    new: int
    changed: int


def merge(rows: RatingRows) -> Merged:
    """Bring the ratings table to these rows, in the caller's transaction.

    They are compared with the table inside the database, so that rows which are there already cost
    a lookup and write nothing. A stored rating that is newer stays. Triggers add what changes to
    the counts of movies, under the locks of those: whoever rates at the same time is counted too.
    """
    if not rows.n:
        return Merged(0, 0)
    with connection.cursor() as cursor:
        cursor.execute(_CREATE[connection.vendor].format(table=STAGED, rows=_NO_ROWS))
        insert(rows, STAGED)
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {STAGED}")
            # At once instead of at the commit, when members would wait for the movies' locks.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        is_stored = _is_stored(rows)
        changed_rows = _CHANGED_ROWS.format(is_stored=is_stored)
        cursor.execute(_CREATE[connection.vendor].format(table=CHANGED, rows=changed_rows))
        cursor.execute(_FORGET_STORED.format(is_stored=is_stored))
        with rating_counts.counted_at_once(connection, STAGED):
            cursor.execute(_INSERT_NEW)
            new = cursor.rowcount
        cursor.execute(_UPDATE_CHANGED)  # after the others, of which there may be many more
        changed = cursor.rowcount
        for table in (STAGED, CHANGED):
            cursor.execute(f"DROP TABLE {table}")
    return Merged(new, changed)


STAGED, CHANGED = "movies_rating_staged", "movies_rating_changed"
_COLUMNS = "user_id, movie_id, half_stars, rated_at, updated_at, prediction_shown"
# The tables last no longer than the transaction: a killed import leaves nothing behind.
_CREATE = {
    "postgresql": "CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {rows}",
    "sqlite": "CREATE TEMPORARY TABLE {table} AS {rows}",
}
_NO_ROWS = f"SELECT {_COLUMNS} FROM movies_rating LIMIT 0"  # noqa: S608  constants only
_CHANGED_ROWS = f"""
    SELECT rating.id, staged.half_stars, staged.rated_at, staged.updated_at
    FROM {STAGED} AS staged JOIN movies_rating AS rating ON {{is_stored}}
    WHERE rating.half_stars <> staged.half_stars AND rating.rated_at <= staged.rated_at
"""  # noqa: S608  constants only
_FORGET_STORED = f"""
    DELETE FROM {STAGED} AS staged
    WHERE EXISTS (SELECT 1 FROM movies_rating AS rating WHERE {{is_stored}})
"""  # noqa: S608  constants only
_INSERT_NEW = f"""
    INSERT INTO movies_rating ({_COLUMNS})
    SELECT {_COLUMNS} FROM {STAGED} ORDER BY user_id, movie_id
"""  # noqa: S608  constants only
# People may have changed the rating since it was compared.
_UPDATE_CHANGED = f"""
    UPDATE movies_rating AS rating
    SET half_stars = changed.half_stars, rated_at = changed.rated_at,
        updated_at = changed.updated_at
    FROM {CHANGED} AS changed
    WHERE rating.id = changed.id AND rating.half_stars <> changed.half_stars
        AND rating.rated_at <= changed.rated_at
"""  # noqa: S608  constants only


def _is_stored(rows: RatingRows) -> str:
    """The condition that a staged row is in the ratings table."""
    condition = "(rating.user_id, rating.movie_id) = (staged.user_id, staged.movie_id)"
    if connection.vendor == "postgresql":  # which might read a whole large table without
        condition += f" AND rating.user_id BETWEEN {rows.users.min()} AND {rows.users.max()}"
    return condition
