"""The movie side of a run from its rows, in little more time and memory than its arrays need.

Every row goes straight to the place where answers will read it. A list of 60,000 tuples, or all
the bytes joined before they are cut into arrays, would for a moment double what a process holds,
and the memory it asked for then is not given back.
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
    """Rows of the run are missing, or do not fit together."""


def read(run: TrainingRun) -> ItemFactors:
    """The movie side of a run, exactly as it was fitted.

    Raises:
        RunIncomplete
    """
    n = MovieFactors.objects.filter(run=run).count()
    arrays = None
    for batch in _READERS[connection.vendor](run.pk):
        if arrays is None:
            arrays = _Arrays.like(batch, n)
        arrays.put(batch)
    if arrays is None:
        raise RunIncomplete(f"run {run.pk} has no factors of movies")
    return ItemFactors.from_ranking(*arrays.complete(), run.summary)


Batch = tuple[np.ndarray, ...]  # columns as in COLUMNS; vectors (rows, width)


@dataclass
class _Arrays:
    """Room for all rows, filled batch by batch."""

    item_ids: np.ndarray  # (n,) int64
    n_ratings: np.ndarray  # (n,) int32
    ranking: np.ndarray  # (n, k2 + k + 1) float32: interest, vector, bias
    implicit: np.ndarray  # (n, k) float32
    variance: np.ndarray  # (n, k) float32
    filled: int = 0

    @classmethod
    def like(cls, batch: Batch, n: int) -> _Arrays:
        interest, vector, implicit, variance = (column.shape[1] for column in batch[3:])
        return cls(
            np.empty(n, np.int64),
            np.empty(n, np.int32),
            np.empty((n, interest + vector + 1), np.float32),
            np.empty((n, implicit), np.float32),
            np.empty((n, variance), np.float32),
        )

    def put(self, batch: Batch) -> None:
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
        """All that was put in; less than the room when movies were deleted meanwhile."""
        whole = (self.item_ids, self.n_ratings, self.ranking, self.implicit, self.variance)
        return tuple(array[: self.filled] for array in whole)


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


# Signature, flags and length of the extension that begin a binary COPY; it ends with -1.
_COPY_HEADER = 19
_COPY_END = b"\xff\xff"


def _read_postgresql(run_id: int) -> Iterator[Batch]:
    """By COPY in binary: five times as fast as rows made into Python values."""
    import psycopg

    with connection.cursor(), connection.wrap_database_errors:
        copying = psycopg.Cursor(connection.connection).copy(
            f"COPY ({_SELECT}) TO STDOUT (FORMAT binary)", [run_id]
        )
        with copying as copy:
            rows = iter(copy)
            first = bytes(next(rows))[_COPY_HEADER:]
            if first in (b"", _COPY_END):
                list(rows)  # to its end, else the connection is still in the middle of it
                return
            form = _row_form(first)
            pending: list[bytes | memoryview] = [first]
            while pending:
                pending += islice(rows, ROWS_AT_ONCE - len(pending))
                yield from _batches_of(pending, form)
                pending = list(islice(rows, 1))


def _batches_of(rows: list[bytes | memoryview], form: np.dtype) -> Iterator[Batch]:
    if rows[-1] == _COPY_END:
        rows.pop()
    if not rows:
        return
    joined = b"".join(rows)
    if len(joined) != len(rows) * form.itemsize:
        raise RunIncomplete("vectors of different widths")
    records = np.frombuffer(joined, form)
    if any((records[f"{name} bytes"] != records[f"{name} bytes"][0]).any() for name in COLUMNS):
        raise RunIncomplete("vectors of different widths")
    yield tuple(records[name] for name in COLUMNS)


def _row_form(row: bytes) -> np.dtype:
    """How one row is laid out: the number of columns, then each as its length and its bytes."""
    numbers = {"movie_id": ">i8", "n_ratings": ">i4", "bias": ">f8"}
    fields: list[Any] = [("columns", ">i2")]
    at = 2
    for name in COLUMNS:
        size = int.from_bytes(row[at : at + 4], "big", signed=True)
        kind = numbers.get(name)
        fields.append((f"{name} bytes", ">i4"))
        fields.append((name, kind) if kind else (name, VECTOR, (size // VECTOR.itemsize,)))
        at += 4 + size
    form = np.dtype(fields)
    if at != len(row) or form.itemsize != len(row):
        raise RunIncomplete("a row that is not laid out as the model says")
    return form


_READERS = {"postgresql": _read_postgresql, "sqlite": _read_sqlite}
