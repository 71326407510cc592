"""Database triggers that maintain the counts of ratings.

Every insert, update or delete of a rating updates, in the same transaction,
- `n_ratings` and `half_star_sum` of its movie, and
- the counter of changes by which a refit becomes due.

So forms, the API, imports, cascades and raw SQL all count. Ratings of an account that counts
nowhere, because it is quarantined or deactivated, are in neither; they go and come back with it.
Somebody who is quarantined in the very moment in which they rate may be counted once too often,
until `recount`. The triggers are installed after every
`migrate` and not by a migration: SQLite rebuilds a table to alter it, which silently drops them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from movies.models.triggers import catalogue_version, member_changes, rating_history

SLOTS = 16

# Whether an account counts nowhere, as `UserQuerySet.uncounted` has it; raters of data sets cannot
# log in and count all the same.
UNCOUNTED = (
    "({user}.quarantined_at IS NOT NULL OR (NOT {user}.is_active AND NOT {user}.is_dataset_member))"
)
_BY_UNCOUNTED = f"""EXISTS (
    SELECT 1 FROM accounts_user AS u WHERE u.id = {{user_id}} AND {UNCOUNTED.format(user="u")})
"""  # noqa: S608  constants only

_SQLITE_MOVIE = f"""
    UPDATE movies_movie
    SET n_ratings = n_ratings + ({{n}}), half_star_sum = half_star_sum + ({{sum}})
    WHERE id = {{row}}.movie_id AND NOT {_BY_UNCOUNTED.format(user_id="{row}.user_id")};
"""  # noqa: S608  constants only
_LEAVES, _LEFT = UNCOUNTED.format(user="NEW"), UNCOUNTED.format(user="OLD")
_SIGN = f"CASE WHEN {_LEAVES} THEN -1 ELSE 1 END"
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
    "accounts_user_uncounted": f"""
        AFTER UPDATE OF quarantined_at, is_active, is_dataset_member ON accounts_user
        WHEN {_LEAVES} <> {_LEFT}
        BEGIN
        UPDATE movies_movie SET
            n_ratings = n_ratings + {_SIGN},
            half_star_sum = half_star_sum + {_SIGN} * (
                SELECT half_stars FROM movies_rating
                WHERE user_id = NEW.id AND movie_id = movies_movie.id)
        WHERE id IN (SELECT movie_id FROM movies_rating WHERE user_id = NEW.id);
        UPDATE movies_ratingchanges
        SET count = count + (SELECT count(*) FROM movies_rating WHERE user_id = NEW.id)
        WHERE slot = 0;
        END
    """,  # noqa: S608  constants only
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

_POSTGRESQL_UNCOUNTED = f"""
CREATE OR REPLACE FUNCTION accounts_user_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sign integer := {_SIGN};
BEGIN
    PERFORM 1 FROM movies_movie
        WHERE id IN (SELECT movie_id FROM movies_rating WHERE user_id = NEW.id)
        ORDER BY id FOR NO KEY UPDATE;
    UPDATE movies_movie AS movie
    SET n_ratings = movie.n_ratings + sign,
        half_star_sum = movie.half_star_sum + sign * rating.half_stars
    FROM movies_rating AS rating
    WHERE rating.user_id = NEW.id AND movie.id = rating.movie_id;
    UPDATE movies_ratingchanges
    SET count = count + (SELECT count(*) FROM movies_rating WHERE user_id = NEW.id)
    WHERE slot = pg_backend_pid() % {SLOTS};
    RETURN NULL;
END $$
"""  # noqa: S608  constants only

_INSERTED = f"""
    SELECT movie_id, 1 AS n, half_stars::bigint AS half_stars FROM new_rows
    WHERE NOT {_BY_UNCOUNTED.format(user_id="new_rows.user_id")}
"""  # noqa: S608  constants only
_DELETED = f"""
    SELECT movie_id, -1 AS n, -half_stars::bigint AS half_stars FROM old_rows
    WHERE NOT {_BY_UNCOUNTED.format(user_id="old_rows.user_id")}
"""  # noqa: S608  constants only
_CHANGED = """
    SELECT was.movie_id AS old_movie, was.half_stars AS old_half_stars, was.user_id AS old_user,
           now.movie_id AS new_movie, now.half_stars AS new_half_stars, now.user_id AS new_user
    FROM old_rows AS was JOIN new_rows AS now USING (id)
    WHERE (was.half_stars, was.movie_id, was.user_id) IS DISTINCT FROM
          (now.half_stars, now.movie_id, now.user_id)
"""
_UPDATED = f"""
    SELECT old_movie AS movie_id, -1 AS n, -old_half_stars::bigint AS half_stars
    FROM ({_CHANGED}) AS before WHERE NOT {_BY_UNCOUNTED.format(user_id="old_user")}
    UNION ALL
    SELECT new_movie, 1, new_half_stars::bigint FROM ({_CHANGED}) AS after
    WHERE NOT {_BY_UNCOUNTED.format(user_id="new_user")}
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
    cursor.execute(_POSTGRESQL_UNCOUNTED)
    cursor.execute(f"""
        CREATE OR REPLACE TRIGGER accounts_user_uncounted
        AFTER UPDATE OF quarantined_at, is_active, is_dataset_member
        ON accounts_user FOR EACH ROW
        WHEN ({_LEAVES} IS DISTINCT FROM {_LEFT})
        EXECUTE FUNCTION accounts_user_uncounted()
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


@contextmanager
def counted_at_once(connection: BaseDatabaseWrapper, staged: str) -> Iterator[None]:
    """Insert exactly the ratings of the table `staged` within; only in a transaction.

    PostgreSQL's trigger counts a whole statement. SQLite's fires for each row, and rewriting the
    row of a movie and its indexes takes longer than inserting the rating; so it is absent
    meanwhile. Nobody else can write before the transaction ends, nor see that it is gone.
    """
    if connection.vendor == "postgresql":
        yield
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("counted_at_once needs a transaction")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS movies_rating_inserted")
        yield
        cursor.execute(f"CREATE TRIGGER movies_rating_inserted {_SQLITE['movies_rating_inserted']}")
        cursor.execute(_SQLITE_ADD_STAGED.format(staged=staged))
        cursor.execute(f"SELECT count(*) FROM {staged}")  # noqa: S608
        add_changes(connection, cursor.fetchone()[0])


_SQLITE_ADD_STAGED = f"""
    UPDATE movies_movie
    SET n_ratings = n_ratings + added.n, half_star_sum = half_star_sum + added.half_stars
    FROM (SELECT movie_id, count(*) AS n, sum(half_stars) AS half_stars FROM {{staged}} AS staged
          WHERE NOT {_BY_UNCOUNTED.format(user_id="staged.user_id")} GROUP BY movie_id) AS added
    WHERE movies_movie.id = added.movie_id
"""  # noqa: S608  constants only


def add_changes(connection: BaseDatabaseWrapper, n: int) -> None:
    """Move the counter by which a refit becomes due."""
    slot = f"pg_backend_pid() %% {SLOTS}" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE movies_ratingchanges SET count = count + %s WHERE slot = {slot}",  # noqa: S608
            [n],
        )


RECOUNTED_AT_ONCE = 500

_COUNTS = """
    SELECT movie.id, movie.n_ratings, movie.half_star_sum,
           count(rating.id), coalesce(sum(rating.half_stars), 0)
    FROM movies_movie AS movie LEFT JOIN movies_rating AS rating
        ON rating.movie_id = movie.id AND rating.movie_id BETWEEN %s AND %s
        AND NOT {by_uncounted}
    WHERE movie.id BETWEEN %s AND %s
    GROUP BY movie.id
""".format(by_uncounted=_BY_UNCOUNTED.format(user_id="rating.user_id"))  # noqa: S608  constants only


def recount(connection: BaseDatabaseWrapper) -> int:
    """Recompute the counts of all movies, while people go on rating. Returns how many were wrong.

    A rating's trigger updates its movie. So once the movies are locked, every rating is either
    committed, and the next statement sees it, or will be added by its trigger after us.
    """
    wrong, last = 0, 0
    lock = "FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        while True:
            with transaction.atomic(using=connection.alias):
                cursor.execute(
                    f"SELECT id FROM movies_movie WHERE id > %s ORDER BY id LIMIT %s {lock}",  # noqa: S608
                    [last, RECOUNTED_AT_ONCE],
                )
                ids = [row[0] for row in cursor.fetchall()]
                if not ids:
                    return wrong
                cursor.execute(_COUNTS, [ids[0], ids[-1], ids[0], ids[-1]])
                fixed = [
                    (n, total, pk)
                    for pk, was_n, was_total, n, total in cursor.fetchall()
                    if (was_n, was_total) != (n, total)
                ]
                if fixed:
                    cursor.executemany(
                        "UPDATE movies_movie SET n_ratings = %s, half_star_sum = %s WHERE id = %s",
                        fixed,
                    )
            wrong, last = wrong + len(fixed), ids[-1]


def can_install(connection: BaseDatabaseWrapper, tables: set[str]) -> bool:
    """Whether the tables and columns that the triggers name are there; `migrate` can stop early."""
    if not {"movies_rating", "movies_movie", "movies_ratingchanges", "accounts_user"} <= tables:
        return False
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "accounts_user")
    return "quarantined_at" in {column.name for column in columns}


def drop_before_migrate(using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Drop the triggers on SQLite, which cannot rebuild a table that a trigger refers to.

    `install_after_migrate` restores them, also when a failed `migrate` is run again.
    """
    connection = connections[using]
    if plan and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            triggers = (catalogue_version.SQLITE, rating_history.SQLITE, member_changes.SQLITE)
            for name in (*_SQLITE, *(name for some in triggers for name in some)):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def install_after_migrate(using: str, **kwargs: Any) -> None:
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if can_install(connection, tables):
        install(connection)
    if catalogue_version.can_install(connection):
        catalogue_version.install(connection)
    if {"movies_rating", "movies_earlierrating"} <= tables:
        rating_history.install(connection)
    if member_changes.can_install(tables):
        member_changes.install(connection)
