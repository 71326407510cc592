"""Rows that take long to make: made once in a test process, then inserted again as they were.

The rows keep their ids, and the counters from which new rows get theirs are moved past them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction


@dataclass
class SavedRows:
    """All rows of some tables, as the statements that insert them."""

    inserts: dict[str, str] = field(default_factory=dict)  # by table, those that refer first
    last_ids: dict[str, int] = field(default_factory=dict)

    def insert(self) -> None:
        """Put the rows in again.

        Rows come before the rows that they refer to, which the database looks for at the end of the
        transaction. So movies come after their ratings, with their counts complete, and the trigger
        that counts ratings finds no movie to count them on.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in self.inserts.values():
                cursor.execute(statement)
        # Again, because a test that restores a database sets the counters back.
        self.reserve_ids()

    def reserve_ids(self) -> None:
        """Let the database give no other row an id of these."""
        with connection.cursor() as cursor:
            for table, last in self.last_ids.items():
                _RESERVE[connection.vendor](cursor, table, last)


def _reserve_on_sqlite(cursor: Any, table: str, last: int) -> None:
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    (used,) = cursor.fetchone() or (0,)
    cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
    statement = "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)"
    cursor.execute(statement, [table, max(last, used)])


def _reserve_on_postgresql(cursor: Any, table: str, last: int) -> None:
    sequence = f"pg_get_serial_sequence('{table}', 'id')"
    cursor.execute(f"SELECT setval({sequence}, greatest(%s, nextval({sequence})))", [last])


_RESERVE = {"sqlite": _reserve_on_sqlite, "postgresql": _reserve_on_postgresql}


@contextmanager
def made_and_removed() -> Iterator[Callable[[], SavedRows]]:
    """Gives a function that saves what was added to empty tables since its last call.

    Everything made inside is rolled back at the end.
    """
    assert not connection.in_atomic_block, "rows of the test would be among those saved"
    saved: list[SavedRows] = []
    with transaction.atomic():
        filled = set(_filled_tables())

        def save() -> SavedRows:
            rows = SavedRows()
            for table, model in _filled_tables().items():
                if table not in filled:
                    rows.inserts[table] = _insert_statement(model)
                    if isinstance(model._meta.pk, models.AutoField):
                        rows.last_ids[table] = _last_id(model)
                    filled.add(table)
            saved.append(rows)
            return rows

        yield save
        transaction.set_rollback(True)
    for rows in saved:
        rows.reserve_ids()


def _filled_tables() -> dict[str, type[models.Model]]:
    """Those tables of models that have rows; tables that refer to others before these."""
    wanted = reversed(list(_referred_first()))
    return {m._meta.db_table: m for m in wanted if m._base_manager.exists()}


def _referred_first() -> Iterator[type[models.Model]]:
    waiting = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    done: set[type[models.Model]] = set()
    while waiting:
        ready = [m for m in waiting if _refers_to(m) <= done | {m}]
        assert ready, f"tables that refer to each other: {waiting}"
        yield from ready
        done.update(ready)
        waiting = [m for m in waiting if m not in done]


def _refers_to(model: type[models.Model]) -> set[Any]:
    return {f.related_model for f in model._meta.concrete_fields if f.is_relation}


def _insert_statement(model: type[models.Model]) -> str:
    table = model._meta.db_table
    columns = [f'"{f.column}"' for f in model._meta.concrete_fields if not f.generated]
    literal = "quote({})" if connection.vendor == "sqlite" else "quote_nullable({}::text)"
    literals = ", ".join(map(literal.format, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {literals} FROM {table}")
        rows = ", ".join(f"({', '.join(row)})" for row in cursor.fetchall())
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows}"


def _last_id(model: type[models.Model]) -> int:
    return model._base_manager.aggregate(last=models.Max("pk"))["last"]
