"""Ratings out of the database into arrays, on a snapshot that several connections may share.

The database packs many ratings into one value: reading 25 million rows as Python tuples takes three
times as long, and psycopg hands over each row of a binary COPY as an object of its own (2 million
rows: 5.2 s of client time, beside 0.03 s for one value; the server takes 1.1 s for either).

A rating becomes the integer user << 32 | movie << 4 | half_stars and the second it was given at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import connection

from movies.models.triggers.rating_counts import UNCOUNTED
from recommender.core.ratings import HIGHEST_STARS, LOWEST_STARS, Ratings, index_ids

MAX_USER_ID, MAX_MOVIE_ID = 2**31 - 1, 2**28 - 1
# Four bytes of seconds around the year 2000 reach from 1932 to 2068.
YEAR_2000 = 946_684_800

_FROM = """
    FROM movies_rating AS rating
    WHERE rating.{{column}} >= %s AND rating.{{column}} < %s AND rating.user_id NOT IN
        (SELECT id FROM accounts_user WHERE NOT trains_model OR {uncounted})
""".format(uncounted=UNCOUNTED.format(user="accounts_user"))  # noqa: S608  constants only
# Parentheses matter: SQLite gives << and | the same precedence.
_PACKED = "((rating.user_id{cast} << 32) | (rating.movie_id{cast} << 4) | rating.half_stars)"
_SECOND = f"""greatest(-2147483647, least(2147483647,
    floor(extract(epoch FROM rating.rated_at)) - {YEAR_2000}))::int4"""
_POSTGRESQL = f"""SELECT string_agg(
    int8send({_PACKED.format(cast="::bigint")}) || int4send({_SECOND}), ''::bytea) {_FROM}"""
_SQLITE = f"""SELECT group_concat({_PACKED.format(cast="")} || ',' ||
    coalesce(strftime('%%s', substr(rating.rated_at, 1, 19)), 0)) {_FROM}"""
_RECORD = np.dtype([("rating", ">i8"), ("second", ">i4")])

# (n,) int64, and int32 seconds since 2000: twelve bytes a rating.
Packed = tuple[np.ndarray, np.ndarray]
_AT_ONCE = 1_000_000


def read_postgresql(own: Any, column: str, first: int, last: int) -> Packed:
    """The ratings of first <= column < last that the model learns from.

    own: a connection of psycopg: Django's cursors cannot return binary results; column: "id" or
    "user_id".
    """
    import psycopg

    with psycopg.Cursor(own) as cursor:
        cursor.execute(_POSTGRESQL.format(column=column), [first, last], binary=True)
        row = cursor.fetchone()
    records = np.frombuffer((row and row[0]) or b"", _RECORD)
    return records["rating"].astype(np.int64), records["second"].astype(np.int32)


def read_sqlite(cursor: Any, column: str, first: int, last: int) -> Packed:
    """As `read_postgresql`."""
    cursor.execute(_SQLITE.format(column=column), [first, last])
    text = cursor.fetchone()[0] or ""
    pairs = np.fromstring(text, dtype=np.int64, sep=",").reshape(-1, 2)
    seconds = np.clip(pairs[:, 1] - YEAR_2000, -(2**31) + 1, 2**31 - 1)
    return pairs[:, 0].copy(), seconds.astype(np.int32)


def joined(chunks: Iterable[Packed]) -> Packed:
    """All of them by user and movie: the same whatever order the rows are stored in."""
    columns = list(zip(*chunks, strict=True))
    seconds = np.concatenate(columns.pop())  # popped, so that no column is there twice for long
    packed = np.concatenate(columns.pop())
    if bool(np.all(packed[1:] >= packed[:-1])):
        return packed, seconds
    order = np.argsort(packed)
    return packed[order], seconds[order]


def unpacked(packed: np.ndarray, seconds: np.ndarray, catalogue: np.ndarray) -> Ratings:
    """The ratings of `joined`, which are by user; catalogue: ids of movies, rated or not.

    In pieces, so that beside the result nothing has eight bytes for each rating.
    """
    n = packed.size
    user_ids, movie_ids = np.empty(n, np.int32), np.empty(n, np.int32)
    stars, times = np.empty(n, np.float32), np.empty(n, np.float64)
    for start in range(0, n, _AT_ONCE):
        own = slice(start, start + _AT_ONCE)
        user_ids[own] = packed[own] >> 32
        movie_ids[own] = (packed[own] >> 4) & MAX_MOVIE_ID
        stars[own] = (packed[own] & 15).astype(np.float32) / 2
        times[own] = seconds_since_1970(seconds[own])
    item_ids, item_index = index_ids(movie_ids, catalogue)
    is_next = np.concatenate([np.zeros(min(n, 1), np.bool_), user_ids[1:] != user_ids[:-1]])
    user_index = np.cumsum(is_next, dtype=np.int32)
    is_next[:1] = True
    users = user_ids[is_next].astype(np.int64)
    ratings = Ratings(users, item_ids, user_index, item_index, stars, times)
    is_valid = (stars >= LOWEST_STARS) & (stars <= HIGHEST_STARS)  # as the table's check has it
    if is_valid.all():
        return ratings
    return replace(ratings.take(is_valid), n_dropped=n - int(np.count_nonzero(is_valid)))


def seconds_since_1970(seconds: np.ndarray) -> np.ndarray:
    return seconds.astype(np.float64) + YEAR_2000


@contextmanager
def shared_snapshot() -> Iterator[str]:
    """Keep a snapshot of PostgreSQL open; yields the name by which other connections join it."""
    with own_connection() as own:
        own.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        own.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # while a fit reads
        yield own.execute("SELECT pg_export_snapshot()").fetchone()[0]


@contextmanager
def own_connection(snapshot: str | None = None) -> Iterator[Any]:
    """A connection of psycopg beside the one that Django keeps for this thread.

    snapshot: of `shared_snapshot`; nothing written since is seen.
    """
    own = connection.get_new_connection(connection.get_connection_params())
    try:
        own.autocommit = True  # BEGIN is ours
        if snapshot is not None:
            own.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # The name comes from PostgreSQL, and this statement takes no parameters.
            own.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        yield own
    finally:
        own.close()
