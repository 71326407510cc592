"""Database triggers that increment the catalogue's version with every edit.

They also catch imports, raw SQL and other processes. Ratings do not count as edits: no cache
holds a movie's counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Columns that the search index is built from; the last decides what is in it.
COLUMNS = ("title_key", "year", "runtime", "retired_at")

_SQLITE_MOVE = "UPDATE movies_catalogueversion SET count = count + 1 WHERE id = 1;"

SQLITE = {
    name: f"{event} BEGIN {_SQLITE_MOVE} END"
    for name, event in {
        "movies_movie_added": "AFTER INSERT ON movies_movie",
        "movies_movie_removed": "AFTER DELETE ON movies_movie",
        "movies_movie_edited": "AFTER UPDATE OF {columns} ON movies_movie WHEN {changed}",
        "movies_genre_given": "AFTER INSERT ON movies_movie_genres",
        "movies_genre_taken": "AFTER DELETE ON movies_movie_genres",
        "movies_genre_moved": "AFTER UPDATE ON movies_movie_genres",
        "movies_genre_added": "AFTER INSERT ON movies_genre",
        "movies_genre_edited": "AFTER UPDATE ON movies_genre",
        "movies_genre_removed": "AFTER DELETE ON movies_genre",
    }.items()
}

# Runs once per statement, however many rows that writes. Rows locked by other transactions are
# skipped: a long edit must neither block a short one nor deadlock with it.
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION movies_catalogue_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE movies_catalogueversion SET count = count + 1 WHERE id = (
        SELECT id FROM movies_catalogueversion ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN INSERT INTO movies_catalogueversion (count) VALUES (1); END IF;
    RETURN NULL;
END $$
"""

POSTGRESQL = {
    "movies_catalogue_rows": "AFTER INSERT OR DELETE OR TRUNCATE ON movies_movie",
    "movies_catalogue_columns": "AFTER UPDATE OF {columns} ON movies_movie",
    "movies_catalogue_genres": "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
    " ON movies_movie_genres",
    "movies_genre_rows": "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON movies_genre",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; safe to repeat."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        rows = connection.introspection.get_table_description(cursor, "movies_movie")
        # After `migrate` to an earlier state, later columns are not there.
        there = {row.name for row in rows}
        _INSTALL[connection.vendor](cursor, [name for name in COLUMNS if name in there])


def _install_sqlite(cursor: Any, columns: Sequence[str]) -> None:
    words = {
        "columns": ", ".join(columns),
        "changed": " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns),
    }
    for name, definition in SQLITE.items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"CREATE TRIGGER {name} {definition.format(**words)}")
    cursor.execute(
        "INSERT INTO movies_catalogueversion (id, count) VALUES (1, 0) ON CONFLICT (id) DO NOTHING"
    )


def _install_postgresql(cursor: Any, columns: Sequence[str]) -> None:
    cursor.execute(_POSTGRESQL_FUNCTION)
    for name, event in POSTGRESQL.items():
        when = event.format(columns=", ".join(columns))
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name} {when} FOR EACH STATEMENT"
            " EXECUTE FUNCTION movies_catalogue_edited()"
        )


_INSTALL = {"sqlite": _install_sqlite, "postgresql": _install_postgresql}
