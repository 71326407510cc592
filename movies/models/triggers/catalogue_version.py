"""Database triggers that increment the catalogue's version with every edit, and log edited movies.

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


# An edit of a genre concerns all movies.
_ALL = ("NULL",)
_LINK, _OLD_LINK = ("NEW.movie_id",), ("OLD.movie_id",)
# name: (event, the parts of the index that it concerns, the ids of movies to log). People without
# credits are not indexed.
_SQLITE_EVENTS: dict[str, tuple[str, list[str], tuple[str, ...]]] = {
    "movies_movie_added": ("AFTER INSERT ON movies_movie", [MOVIES, DESCRIPTIONS], ("NEW.id",)),
    "movies_movie_removed": ("AFTER DELETE ON movies_movie", [MOVIES, DESCRIPTIONS], ("OLD.id",)),
    "movies_movie_edited": (_edited("movies_movie", *COLUMNS), [MOVIES], ("NEW.id",)),
    "movies_description_edited": (_edited("movies_movie", "description"), [DESCRIPTIONS], ()),
    "movies_genre_given": ("AFTER INSERT ON movies_movie_genres", [MOVIES], _LINK),
    "movies_genre_taken": ("AFTER DELETE ON movies_movie_genres", [MOVIES], _OLD_LINK),
    "movies_genre_moved": ("AFTER UPDATE ON movies_movie_genres", [MOVIES], _OLD_LINK + _LINK),
    "movies_genre_added": ("AFTER INSERT ON movies_genre", [MOVIES], _ALL),
    "movies_genre_edited": ("AFTER UPDATE ON movies_genre", [MOVIES], _ALL),
    "movies_genre_removed": ("AFTER DELETE ON movies_genre", [MOVIES], _ALL),
    "movies_title_added": ("AFTER INSERT ON movies_alternativetitle", [MOVIES], _LINK),
    "movies_title_removed": ("AFTER DELETE ON movies_alternativetitle", [MOVIES], _OLD_LINK),
    "movies_title_edited": (
        _edited("movies_alternativetitle", "title_key", "movie_id"),
        [MOVIES],
        _OLD_LINK + _LINK,
    ),
    "movies_credit_given": ("AFTER INSERT ON movies_credit", [PEOPLE], ()),
    "movies_credit_taken": ("AFTER DELETE ON movies_credit", [PEOPLE], ()),
    "movies_credit_moved": (_edited("movies_credit", "movie_id", "person_id"), [PEOPLE], ()),
    "movies_person_renamed": (_edited("movies_person", "name_key"), [PEOPLE], ()),
}


def _moved(parts: Sequence[str]) -> str:
    return ", ".join(f"{part} = {part} + 1" for part in parts)


def _sqlite_trigger(event: str, parts: Sequence[str], movies: Sequence[str]) -> str:
    steps = [f"UPDATE movies_catalogueversion SET {_moved(parts)} WHERE id = 1;"]  # noqa: S608
    steps += [
        f"INSERT INTO movies_cataloguechange (movie_id, moment) SELECT {movie}, count"  # noqa: S608
        " FROM movies_catalogueversion WHERE id = 1;"
        for movie in movies
    ]
    return f"{event} BEGIN {' '.join(steps)} END"


SQLITE = {name: _sqlite_trigger(*event) for name, event in _SQLITE_EVENTS.items()}

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

# Logs the movies of a statement, or that all may have changed if it writes so many.
LOGGED_ONE_BY_ONE = 1_000
_POSTGRESQL_LOG = f"""
CREATE OR REPLACE FUNCTION {{function}}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE movies bigint[];
BEGIN
    SELECT array_agg(movie) INTO movies FROM (
        SELECT DISTINCT movie FROM ({{edited}}) AS edited LIMIT {LOGGED_ONE_BY_ONE + 1}) AS few;
    IF cardinality(movies) > {LOGGED_ONE_BY_ONE} THEN movies = ARRAY[NULL::bigint]; END IF;
    INSERT INTO movies_cataloguechange (movie_id, moment)
        SELECT movie, pg_current_xact_id()::text::bigint FROM unnest(movies) AS movie;
    RETURN NULL;
END $$
"""  # noqa: S608  constants only
_POSTGRESQL_LOGS = {
    "movies_catalogue_logged_all": "SELECT NULL::bigint AS movie",
    "movies_catalogue_logged_movie": "SELECT NEW.id AS movie",
    "movies_catalogue_logged_new_movies": "SELECT id AS movie FROM new_rows",
    "movies_catalogue_logged_old_movies": "SELECT id AS movie FROM old_rows",
    "movies_catalogue_logged_new": "SELECT movie_id AS movie FROM new_rows",
    "movies_catalogue_logged_old": "SELECT movie_id AS movie FROM old_rows",
    "movies_catalogue_logged_both": (
        "SELECT movie_id AS movie FROM old_rows UNION ALL SELECT movie_id FROM new_rows"
    ),
}
_OLD, _NEW = "REFERENCING OLD TABLE AS old_rows", "REFERENCING NEW TABLE AS new_rows"
_CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COLUMNS)


def _logs_of_links(table: str) -> dict[str, tuple[str, str]]:
    return {
        f"{table}_logged_insert": (
            f"AFTER INSERT ON {table} {_NEW}",
            "movies_catalogue_logged_new",
        ),
        f"{table}_logged_delete": (
            f"AFTER DELETE ON {table} {_OLD}",
            "movies_catalogue_logged_old",
        ),
        f"{table}_logged_update": (
            f"AFTER UPDATE ON {table} {_OLD} NEW TABLE AS new_rows",
            "movies_catalogue_logged_both",
        ),
        f"{table}_logged_truncate": (f"AFTER TRUNCATE ON {table}", "movies_catalogue_logged_all"),
    }


# name: (event, function). Columns are compared row by row: a table of all rows that a statement
# updates would be made for every rating too, which moves the counts of its movie.
POSTGRESQL_LOGS = {
    "movies_movie_logged_insert": (
        f"AFTER INSERT ON movies_movie {_NEW}",
        "movies_catalogue_logged_new_movies",
    ),
    "movies_movie_logged_delete": (
        f"AFTER DELETE ON movies_movie {_OLD}",
        "movies_catalogue_logged_old_movies",
    ),
    "movies_movie_logged_truncate": (
        "AFTER TRUNCATE ON movies_movie",
        "movies_catalogue_logged_all",
    ),
    "movies_genre_logged": (f"{_ANY_EDIT} movies_genre", "movies_catalogue_logged_all"),
    **_logs_of_links("movies_movie_genres"),
    **_logs_of_links("movies_alternativetitle"),
}
_LOGGED_COLUMNS = f"""
CREATE OR REPLACE TRIGGER movies_movie_logged_update
AFTER UPDATE OF {", ".join(COLUMNS)} ON movies_movie FOR EACH ROW WHEN ({_CHANGED})
EXECUTE FUNCTION movies_catalogue_logged_movie()
"""


def can_install(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables are there, and as they are now: `migrate` can stop at an older state."""
    tables = {"movies_movie", "movies_movie_genres", "movies_catalogueversion", "movies_credit"}
    tables |= {"movies_cataloguechange"}
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
    # Begins after what is logged: moments never come twice.
    cursor.execute(
        "INSERT INTO movies_catalogueversion (id, count)"
        " SELECT 1, COALESCE(MAX(moment), 0) FROM movies_cataloguechange WHERE TRUE"
        " ON CONFLICT (id) DO NOTHING"
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
    for function, edited in _POSTGRESQL_LOGS.items():
        cursor.execute(_POSTGRESQL_LOG.format(function=function, edited=edited))
    cursor.execute(_LOGGED_COLUMNS)
    for name, (event, function) in (POSTGRESQL | POSTGRESQL_LOGS).items():
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name} {event} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION {function}()"
        )


_INSTALL = {"sqlite": _install_sqlite, "postgresql": _install_postgresql}
