"""Database triggers that maintain the counts of ratings.

Every insert, update or delete of a rating updates, in the same transaction,
- `n_ratings` and `half_star_sum` of its movie, and
- the counter of changes by which a refit becomes due.

So forms, the API, imports, cascades and raw SQL all count. The triggers are installed after every
`migrate` and not by a migration: SQLite rebuilds a table to alter it, which silently drops them.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from movies.models.triggers import catalogue_version, rating_history

SLOTS = 16

_SQLITE_MOVIE = """
    UPDATE movies_movie SET n_ratings = n_ratings + ({n}), half_star_sum = half_star_sum + ({sum})
    WHERE id = {row}.movie_id;
"""
_SQLITE_COUNT = "UPDATE movies_ratingchanges SET count = count + 1 WHERE slot = 0;"

_SQLITE = {
    "movies_rating_inserted": f"""
        AFTER INSERT ON movies_rating BEGIN
        {_SQLITE_MOVIE.format(n="1", sum="NEW.half_stars", row="NEW")} {_SQLITE_COUNT} END
    """,
    "movies_rating_deleted": f"""
        AFTER DELETE ON movies_rating BEGIN
        {_SQLITE_MOVIE.format(n="-1", sum="-OLD.half_stars", row="OLD")} {_SQLITE_COUNT} END
    """,
    "movies_rating_updated": f"""
        AFTER UPDATE OF half_stars, movie_id, user_id ON movies_rating
        WHEN OLD.half_stars <> NEW.half_stars OR OLD.movie_id <> NEW.movie_id
            OR OLD.user_id <> NEW.user_id
        BEGIN
        {_SQLITE_MOVIE.format(n="-1", sum="-OLD.half_stars", row="OLD")}
        {_SQLITE_MOVIE.format(n="1", sum="NEW.half_stars", row="NEW")} {_SQLITE_COUNT} END
    """,
    "accounts_user_trains_model": f"""
        AFTER UPDATE OF trains_model ON accounts_user
        WHEN OLD.trains_model <> NEW.trains_model BEGIN {_SQLITE_COUNT} END
    """,
}

# Movies are locked in order of their ids first: otherwise two statements that touch the same movies
# in different orders would deadlock.
_POSTGRESQL_BODY = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changes bigint;
BEGIN
    SELECT count(*) INTO changes FROM ({changed}) AS changed;
    IF changes = 0 THEN RETURN NULL; END IF;
    PERFORM 1 FROM movies_movie WHERE id IN (SELECT movie_id FROM ({moved}) AS moved)
        ORDER BY id FOR NO KEY UPDATE;
    UPDATE movies_movie AS movie
    SET n_ratings = movie.n_ratings + total.n,
        half_star_sum = movie.half_star_sum + total.half_stars
    FROM (SELECT movie_id, sum(n) AS n, sum(half_stars) AS half_stars FROM ({moved}) AS moved
          GROUP BY movie_id) AS total
    WHERE movie.id = total.movie_id;
    UPDATE movies_ratingchanges SET count = count + changes WHERE slot = pg_backend_pid() % {slots};
    RETURN NULL;
END $$
"""

_POSTGRESQL_TRAINS_MODEL = """
CREATE OR REPLACE FUNCTION accounts_user_trains_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE movies_ratingchanges SET count = count + 1 WHERE slot = pg_backend_pid() % {slots};
    RETURN NULL;
END $$
"""

_INSERTED = "SELECT movie_id, 1 AS n, half_stars::bigint AS half_stars FROM new_rows"
_DELETED = "SELECT movie_id, -1 AS n, -half_stars::bigint AS half_stars FROM old_rows"
_CHANGED = """
    SELECT was.movie_id AS old_movie, was.half_stars AS old_half_stars,
           now.movie_id AS new_movie, now.half_stars AS new_half_stars
    FROM old_rows AS was JOIN new_rows AS now USING (id)
    WHERE (was.half_stars, was.movie_id, was.user_id) IS DISTINCT FROM
          (now.half_stars, now.movie_id, now.user_id)
"""
_UPDATED = f"""
    SELECT old_movie AS movie_id, -1 AS n, -old_half_stars::bigint AS half_stars
    FROM ({_CHANGED}) AS before
    UNION ALL
    SELECT new_movie, 1, new_half_stars::bigint FROM ({_CHANGED}) AS after
"""  # noqa: S608  constants only

_POSTGRESQL = {
    "movies_rating_inserted": (
        "AFTER INSERT ON movies_rating REFERENCING NEW TABLE AS new_rows",
        "SELECT 1 FROM new_rows",
        _INSERTED,
    ),
    "movies_rating_deleted": (
        "AFTER DELETE ON movies_rating REFERENCING OLD TABLE AS old_rows",
        "SELECT 1 FROM old_rows",
        _DELETED,
    ),
    "movies_rating_updated": (
        "AFTER UPDATE ON movies_rating REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        _CHANGED,
        _UPDATED,
    ),
}


def _install_sqlite(cursor: Any) -> None:
    for name, definition in _SQLITE.items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"CREATE TRIGGER {name} {definition}")


def _install_postgresql(cursor: Any) -> None:
    for name, (event, changed, moved) in _POSTGRESQL.items():
        cursor.execute(
            _POSTGRESQL_BODY.format(name=name, changed=changed, moved=moved, slots=SLOTS)
        )
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name} {event} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    cursor.execute(_POSTGRESQL_TRAINS_MODEL.format(slots=SLOTS))
    cursor.execute("""
        CREATE OR REPLACE TRIGGER accounts_user_trains_model
        AFTER UPDATE OF trains_model ON accounts_user FOR EACH ROW
        WHEN (OLD.trains_model IS DISTINCT FROM NEW.trains_model)
        EXECUTE FUNCTION accounts_user_trains_model()
    """)


_INSTALL = {"sqlite": _install_sqlite, "postgresql": _install_postgresql}


def install(connection: BaseDatabaseWrapper) -> None:
    """Install the triggers and the counter's rows; safe to repeat, keeps the counts."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _INSTALL[connection.vendor](cursor)
        cursor.execute("SELECT count(*) FROM movies_ratingchanges")
        if cursor.fetchone()[0] < SLOTS:
            for slot in range(SLOTS):
                cursor.execute(
                    "INSERT INTO movies_ratingchanges (slot, count) VALUES (%s, 0) "
                    "ON CONFLICT (slot) DO NOTHING",
                    [slot],
                )


def recount(connection: BaseDatabaseWrapper) -> int:
    """Recompute the counts of all movies. Returns how many were wrong."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("""
            UPDATE movies_movie SET
                n_ratings = (SELECT count(*) FROM movies_rating WHERE movie_id = movies_movie.id),
                half_star_sum = (SELECT coalesce(sum(half_stars), 0) FROM movies_rating
                                 WHERE movie_id = movies_movie.id)
            WHERE n_ratings <> (SELECT count(*) FROM movies_rating WHERE movie_id = movies_movie.id)
               OR half_star_sum <> (SELECT coalesce(sum(half_stars), 0) FROM movies_rating
                                    WHERE movie_id = movies_movie.id)
        """)
        return cursor.rowcount


def drop_before_migrate(using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Drop the triggers on SQLite, which cannot rebuild a table that a trigger refers to.

    `install_after_migrate` restores them, also when a failed `migrate` is run again.
    """
    connection = connections[using]
    if plan and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in (*_SQLITE, *catalogue_version.SQLITE, *rating_history.SQLITE):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def install_after_migrate(using: str, **kwargs: Any) -> None:
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if {"movies_rating", "movies_movie", "movies_ratingchanges", "accounts_user"} <= tables:
        install(connection)
    if {"movies_movie", "movies_movie_genres", "movies_catalogueversion"} <= tables:
        catalogue_version.install(connection)
    if {"movies_rating", "movies_earlierrating"} <= tables:
        rating_history.install(connection)
