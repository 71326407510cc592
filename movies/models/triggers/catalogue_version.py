"""Database triggers that increment the catalogue's version with every edit.

They also catch imports, raw SQL and other processes. Ratings do not count as edits: no cache
holds a movie's counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Columns that the search index is built from; the last decides what is in it. For its other parts
# see below.
COLUMNS = ("title_key", "year", "runtime", "countries", "languages", "retired_at")

MOVIES, PEOPLE, DESCRIPTIONS = "count", "people", "descriptions"


def _edited(table: str, *columns: str) -> str:
    """Event of SQLite: one of these columns of a row gets another value."""
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
    return f"AFTER UPDATE OF {', '.join(columns)} ON {table} WHEN {changed}"


# name: (event, the parts of the index that it concerns). People without credits are not indexed.
_SQLITE_EVENTS = {
    "movies_movie_added": ("AFTER INSERT ON movies_movie", [MOVIES, DESCRIPTIONS]),
    "movies_movie_removed": ("AFTER DELETE ON movies_movie", [MOVIES, DESCRIPTIONS]),
    "movies_movie_edited": (_edited("movies_movie", *COLUMNS), [MOVIES]),
    "movies_description_edited": (_edited("movies_movie", "description"), [DESCRIPTIONS]),
    "movies_genre_given": ("AFTER INSERT ON movies_movie_genres", [MOVIES]),
    "movies_genre_taken": ("AFTER DELETE ON movies_movie_genres", [MOVIES]),
    "movies_genre_moved": ("AFTER UPDATE ON movies_movie_genres", [MOVIES]),
    "movies_genre_added": ("AFTER INSERT ON movies_genre", [MOVIES]),
    "movies_genre_edited": ("AFTER UPDATE ON movies_genre", [MOVIES]),
    "movies_genre_removed": ("AFTER DELETE ON movies_genre", [MOVIES]),
    "movies_title_added": ("AFTER INSERT ON movies_alternativetitle", [MOVIES]),
    "movies_title_removed": ("AFTER DELETE ON movies_alternativetitle", [MOVIES]),
    "movies_title_edited": (
        _edited("movies_alternativetitle", "title_key", "movie_id"),
        [MOVIES],
    ),
    "movies_credit_given": ("AFTER INSERT ON movies_credit", [PEOPLE]),
    "movies_credit_taken": ("AFTER DELETE ON movies_credit", [PEOPLE]),
    "movies_credit_moved": (_edited("movies_credit", "movie_id", "person_id"), [PEOPLE]),
    "movies_person_renamed": (_edited("movies_person", "name_key"), [PEOPLE]),
}


def _moved(parts: Sequence[str]) -> str:
    return ", ".join(f"{part} = {part} + 1" for part in parts)


_SQLITE_MOVE = "UPDATE movies_catalogueversion SET {} WHERE id = 1;"
SQLITE = {
    name: f"{event} BEGIN {_SQLITE_MOVE.format(_moved(parts))} END"
    for name, (event, parts) in _SQLITE_EVENTS.items()
}

# Runs once per statement, however many rows that writes. Rows locked by other transactions are
# skipped: a long edit must neither block a short one nor deadlock with it.
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE movies_catalogueversion SET {moved} WHERE id = (
        SELECT id FROM movies_catalogueversion ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN INSERT INTO movies_catalogueversion ({parts}) VALUES ({ones}); END IF;
    RETURN NULL;
END $$
"""
_POSTGRESQL_FUNCTIONS = {
    "movies_catalogue_edited": [MOVIES],
    "movies_movie_rows_edited": [MOVIES, DESCRIPTIONS],
    "movies_people_edited": [PEOPLE],
    "movies_descriptions_edited": [DESCRIPTIONS],
}
_ANY_EDIT = "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON"

# name: (event, function)
POSTGRESQL = {
    "movies_catalogue_rows": (
        "AFTER INSERT OR DELETE OR TRUNCATE ON movies_movie",
        "movies_movie_rows_edited",
    ),
    "movies_catalogue_columns": (
        f"AFTER UPDATE OF {', '.join(COLUMNS)} ON movies_movie",
        "movies_catalogue_edited",
    ),
    "movies_catalogue_descriptions": (
        "AFTER UPDATE OF description ON movies_movie",
        "movies_descriptions_edited",
    ),
    "movies_catalogue_genres": (f"{_ANY_EDIT} movies_movie_genres", "movies_catalogue_edited"),
    "movies_genre_rows": (f"{_ANY_EDIT} movies_genre", "movies_catalogue_edited"),
    "movies_title_rows": (f"{_ANY_EDIT} movies_alternativetitle", "movies_catalogue_edited"),
    "movies_credit_rows": (f"{_ANY_EDIT} movies_credit", "movies_people_edited"),
    "movies_person_names": ("AFTER UPDATE OF name_key ON movies_person", "movies_people_edited"),
}


def can_install(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables are there, and as they are now: `migrate` can stop at an older state."""
    tables = {"movies_movie", "movies_movie_genres", "movies_catalogueversion", "movies_credit"}
    if not tables <= set(connection.introspection.table_names()):
        return False
    with connection.cursor() as cursor:
        describe = connection.introspection.get_table_description
        versions, columns = (
            {column.name for column in describe(cursor, table)}
            for table in ("movies_catalogueversion", "movies_movie")
        )
    return {MOVIES, PEOPLE, DESCRIPTIONS} <= versions and set(COLUMNS) <= columns


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; safe to repeat."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _INSTALL[connection.vendor](cursor)


def _install_sqlite(cursor: Any) -> None:
    for name, definition in SQLITE.items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"CREATE TRIGGER {name} {definition}")
    cursor.execute(
        "INSERT INTO movies_catalogueversion (id, count) VALUES (1, 0) ON CONFLICT (id) DO NOTHING"
    )


def _install_postgresql(cursor: Any) -> None:
    for function, parts in _POSTGRESQL_FUNCTIONS.items():
        cursor.execute(
            _POSTGRESQL_FUNCTION.format(
                function=function,
                moved=_moved(parts),
                parts=", ".join(parts),
                ones=", ".join("1" for _ in parts),
            )
        )
    for name, (event, function) in POSTGRESQL.items():
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name} {event} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION {function}()"
        )


_INSTALL = {"sqlite": _install_sqlite, "postgresql": _install_postgresql}
