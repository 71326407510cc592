"""Rows of users in PostgreSQL's binary COPY format, made of arrays.

A row is one record of fixed size, so that a part of a fit becomes one buffer without a loop over
its users. The format: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4.6
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.core.fitting.user_rows import UserRows
from recommender.load_items import VECTOR

TABLE = "recommender_userfactors"
COLUMNS = "run_id, user_id, bias, n_ratings, vector, implicit, interest"
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = (-1).to_bytes(2, "big", signed=True)


def copied(run_id: int, rows: UserRows) -> bytes:
    """What `COPY ... (FORMAT BINARY)` of these rows and `COLUMNS` reads and writes."""
    vectors = {"vector": rows.vectors, "implicit": rows.implicit, "interest": rows.interest}
    columns: dict[str, tuple[np.dtype, Any]] = {
        "run_id": (np.dtype(">i8"), run_id),
        "user_id": (np.dtype(">i8"), rows.user_ids),
        "bias": (np.dtype(">f8"), rows.bias),
        "n_ratings": (np.dtype(">i4"), rows.n_ratings),
        **{name: (np.dtype((VECTOR, array.shape[1:])), array) for name, array in vectors.items()},
    }
    fields: list[tuple[str, Any]] = [("n_columns", ">i2")]
    for name, (kind, _) in columns.items():
        fields += [(f"{name}_length", ">i4"), (name, kind)]
    records = np.empty(rows.user_ids.size, np.dtype(fields))
    records["n_columns"] = len(columns)
    for name, (kind, values) in columns.items():
        records[f"{name}_length"] = kind.itemsize
        records[name] = values
    return _HEADER + records.tobytes() + _TRAILER


def copy_in(cursor: Any, run_id: int, rows: UserRows) -> None:
    """Write the rows; cursor: of psycopg."""
    statement = f"COPY {TABLE} ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
    with cursor.copy(statement) as copy:
        copy.write(copied(run_id, rows))


def delete(cursor: Any, run_id: int, first: int, last: int) -> None:
    """Delete the rows of the users with ids first to last."""
    condition = "run_id = %s AND user_id BETWEEN %s AND %s"
    cursor.execute(f"DELETE FROM {TABLE} WHERE {condition}", [run_id, first, last])  # noqa: S608


def copy_out(cursor: Any, run_id: int, first: int, last: int) -> bytes:
    """The rows of the users with ids first to last, in their order."""
    statement = f"""COPY (SELECT {COLUMNS} FROM {TABLE}
        WHERE run_id = {run_id:d} AND user_id BETWEEN {first:d} AND {last:d}
        ORDER BY user_id) TO STDOUT (FORMAT BINARY)"""  # noqa: S608  numbers
    with cursor.copy(statement) as copy:
        return b"".join(copy)
