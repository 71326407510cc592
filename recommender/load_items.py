"""Loads the movie factors of a run in little more memory than their arrays take.

Rows are copied into the final arrays batch by batch. A list of 60,000 tuples, or one joined byte
string, would double the memory of a process for a moment, and that memory is not returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection

from recommender.core import ItemFactors
from recommender.models import MovieFactors, TrainingRun

VECTOR = np.dtype("<f4")
ROWS_AT_ONCE = 2_048

COLUMNS = ("movie_id", "n_ratings", "bias", "interest", "vector", "implicit", "variance")
_SELECT = (
    f"SELECT {', '.join(COLUMNS)} FROM {MovieFactors._meta.db_table} "  # noqa: S608
    "WHERE run_id = %s ORDER BY movie_id"
)


class RunIncomplete(Exception):
    """Rows of the run are missing, or their vectors have different widths."""


def load_items(run: TrainingRun) -> ItemFactors:
    """The movie factors of a run, exactly as they were fitted.

    Raises:
        RunIncomplete
    """
    n = MovieFactors.objects.filter(run=run).count()
    arrays = None
    for batch in _READERS[connection.vendor](run.pk):
        if arrays is None:
            arrays = _Arrays.allocate(batch, n)
        arrays.append(batch)
    if arrays is None:
        raise RunIncomplete(f"run {run.pk} has no factors of movies")
    return ItemFactors.from_ranking(*arrays.complete(), run.summary)


Batch = tuple[np.ndarray, ...]  # columns as in COLUMNS; vectors (rows, width)


@dataclass
class _Arrays:
    """Arrays for all rows, filled batch by batch."""

    item_ids: np.ndarray  # (n,) int64
    n_ratings: np.ndarray  # (n,) int32
    ranking: np.ndarray  # (n, k2 + k + 1) float32: interest, vector, bias
    implicit: np.ndarray  # (n, k) float32
    variance: np.ndarray  # (n, k) float32
    filled: int = 0

    @classmethod
    def allocate(cls, batch: Batch, n: int) -> _Arrays:
        interest, vector, implicit, variance = (column.shape[1] for column in batch[3:])
        return cls(
            np.empty(n, np.int64),
            np.empty(n, np.int32),
            np.empty((n, interest + vector + 1), np.float32),
            np.empty((n, implicit), np.float32),
            np.empty((n, variance), np.float32),
        )

    def append(self, batch: Batch) -> None:
        item_ids, n_ratings, bias, interest, vector, implicit, variance = batch
        rows = slice(self.filled, self.filled + len(item_ids))
        self.filled = rows.stop
        if self.filled > len(self.item_ids):
            raise RunIncomplete("rows were added while they were being read")
        width = interest.shape[1]
        try:
            self.item_ids[rows] = item_ids
            self.n_ratings[rows] = n_ratings
            self.ranking[rows, -1] = bias
            self.ranking[rows, :width] = interest
            self.ranking[rows, width:-1] = vector
            self.implicit[rows] = implicit
            self.variance[rows] = variance
        except ValueError as error:
            raise RunIncomplete(f"vectors of different widths: {error}") from error

    def complete(self) -> tuple[np.ndarray, ...]:
        """The filled part; shorter than the arrays if movies were deleted meanwhile."""
        arrays = (self.item_ids, self.n_ratings, self.ranking, self.implicit, self.variance)
        return tuple(array[: self.filled] for array in arrays)


def _read_sqlite(run_id: int) -> Iterator[Batch]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [run_id])
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            numbers, blobs = zip(*(row[:3] for row in rows)), zip(*(row[3:] for row in rows))  # noqa: B905
            yield (*map(np.array, numbers), *map(_matrix, blobs))


def _matrix(blobs: tuple[bytes, ...]) -> np.ndarray:
    if len({len(blob) for blob in blobs}) > 1:
        raise RunIncomplete("vectors of different widths")
    return np.frombuffer(b"".join(blobs), VECTOR).reshape(len(blobs), -1)


# A binary COPY begins with signature, flags and length of the header extension, and ends with -1.
_COPY_HEADER = 19
_COPY_END = b"\xff\xff"


def _read_postgresql(run_id: int) -> Iterator[Batch]:
    """By binary COPY, five times as fast as fetching rows as Python values."""
    import psycopg  # not installed where SQLite is used

    with connection.cursor(), connection.wrap_database_errors:
        copying = psycopg.Cursor(connection.connection).copy(
            f"COPY ({_SELECT}) TO STDOUT (FORMAT binary)", [run_id]
        )
        with copying as copy:
            rows = iter(copy)
            first = bytes(next(rows))[_COPY_HEADER:]
            if first in (b"", _COPY_END):
                list(rows)  # finish the COPY, or the connection stays in it
                return
            dtype = _row_dtype(first)
            pending: list[bytes | memoryview] = [first]
            while pending:
                pending += islice(rows, ROWS_AT_ONCE - len(pending))
                yield from _batches_of(pending, dtype)
                pending = list(islice(rows, 1))


def _batches_of(rows: list[bytes | memoryview], dtype: np.dtype) -> Iterator[Batch]:
    if rows[-1] == _COPY_END:
        rows.pop()
    if not rows:
        return
    joined = b"".join(rows)
    if len(joined) != len(rows) * dtype.itemsize:
        raise RunIncomplete("vectors of different widths")
    records = np.frombuffer(joined, dtype)
    if any((records[f"{name} bytes"] != records[f"{name} bytes"][0]).any() for name in COLUMNS):
        raise RunIncomplete("vectors of different widths")
    yield tuple(records[name] for name in COLUMNS)


def _row_dtype(row: bytes) -> np.dtype:
    """The layout of a COPY row: number of columns, then length and bytes of each."""
    numbers = {"movie_id": ">i8", "n_ratings": ">i4", "bias": ">f8"}
    fields: list[Any] = [("columns", ">i2")]
    at = 2
    for name in COLUMNS:
        size = int.from_bytes(row[at : at + 4], "big", signed=True)
        kind = numbers.get(name)
        fields.append((f"{name} bytes", ">i4"))
        fields.append((name, kind) if kind else (name, VECTOR, (size // VECTOR.itemsize,)))
        at += 4 + size
    dtype = np.dtype(fields)
    if at != len(row) or dtype.itemsize != len(row):
        raise RunIncomplete("a row that is not laid out as the model says")
    return dtype


_READERS = {"postgresql": _read_postgresql, "sqlite": _read_sqlite}
