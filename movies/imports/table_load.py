"""The first load of a large data set into PostgreSQL: a table beside the ratings, then a swap.

Inserting 25 million rows into the ratings table means as many foreign key checks and entries in
four indexes, five times the work of building those once. So the rows go into a plain table of the
same columns, in committed chunks. Then it gets the indexes, foreign keys and triggers of the
ratings table, takes over the few ratings that members have given meanwhile, and takes its place in
one transaction that lasts as long as updating the counts of the movies. Until then nobody sees a
row of the data set; a killed load leaves nothing behind but a table, from which the next import
goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cfsite.lib.queue.heartbeat import beating
from cfsite.lib.queue.worker_claims import is_dead, this_process
from movies.imports.dataset import Meter, SourceError
from movies.imports.rating_rows import RatingRows, insert
from movies.models import Rating, UnfinishedLoad
from movies.models.triggers import rating_counts

TABLE, LOAD = "movies_rating", "movies_rating_load"
# Below this size a load in place takes less than a minute.
MIN_BYTES = 10 * 1024**2
BYTES_A_RATING = 25
# Ratings that are here already are moved while everybody waits.
MAX_SHARE_HERE = 0.05
# Ids that members' ratings can use up while the load runs.
ID_GAP = 10_000_000
LOCK_ATTEMPTS, LOCK_SECONDS, PAUSE_SECONDS = 60, 2, 3

OnStep: TypeAlias = Callable[[Meter], None]


@dataclass(frozen=True)
class _Index:
    name: str
    definition: str  # from USING on
    is_unique: bool
    constraint: str  # PRIMARY KEY, UNIQUE or nothing


class TableLoad:
    """The load table of one import."""

    def __init__(self, row: UnfinishedLoad) -> None:
        self._row = row
        # A resumed load may have rows of raters whose lines are not all together.
        self._may_repeat = row.loaded_lines > 0
        self._users: set[int] = set()

    @classmethod
    def begin(cls, data_set: str, fingerprint: str, size: int) -> Self | None:
        """The table, empty or as a killed import of the same file left it.

        None if the ratings table should be written to directly: on SQLite, for small files, when
        many ratings are here or any of these raters, or when something depends on the table itself.
        """
        if connection.vendor != "postgresql" or connection.in_atomic_block or size < MIN_BYTES:
            return None
        if not _is_replaceable() or _has_raters(data_set) or _many_here(size):
            return None
        for row in UnfinishedLoad.objects.all():
            if not is_dead(row):
                return None
            if row.fingerprint == fingerprint and row.data_set == data_set and _exists(LOAD):
                return cls(row) if _claim(row) else None
            row.delete()
        return cls(_new_table(data_set, fingerprint))

    @property
    def loaded_lines(self) -> int:
        return self._row.loaded_lines

    def append(self, rows: RatingRows, last_line: int) -> None:
        """Add rows, in the caller's transaction, and remember how far the file has been read."""
        users = set(rows.users.tolist())
        self._may_repeat = self._may_repeat or not self._users.isdisjoint(users)
        self._users |= users
        insert(rows, LOAD)
        if not self._ours().update(loaded_lines=last_line, heartbeat_at=timezone.now()):
            raise SourceError(_TAKEN_OVER)
        self._row.loaded_lines = last_line

    def finish(self, on_step: OnStep) -> int:
        """Put the table in the place of the ratings. Returns the number of ratings loaded."""
        with beating(self._row):
            return self._finish(on_step)

    def _finish(self, on_step: OnStep) -> int:
        with connection.cursor() as cursor:
            if self._may_repeat:
                cursor.execute(_DELETE_REPEATED)
            found = _indexes(cursor)
            steps = Meter(len(found) + 3)
            # Without it, counting by index would look up every row.
            cursor.execute(f"VACUUM (ANALYZE) {LOAD}")
            _done(steps, on_step)
            for index in found:
                _build(cursor, index)
                _done(steps, on_step)
            _add_foreign_keys(cursor)
            _done(steps, on_step)
        for attempt in range(1, LOCK_ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    loaded = self._swap(found)
                _done(steps, on_step)
                return loaded
            except OperationalError:  # the table was in use for longer than we let people wait
                if attempt == LOCK_ATTEMPTS:
                    raise
                time.sleep(PAUSE_SECONDS)
        raise AssertionError("unreachable")

    def _swap(self, indexes: list[_Index]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT)
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
            cursor.execute("SET LOCAL lock_timeout = 0")
            _move_ratings_given_meanwhile(cursor)
            cursor.execute(_ADD_COUNTS)
            cursor.execute("SELECT coalesce(sum(n), 0)::bigint FROM movies_loaded")
            loaded = cursor.fetchone()[0]
            rating_counts.add_changes(connection, loaded)
            triggers = _triggers(cursor)
            cursor.execute(f"DROP TABLE {TABLE}")
            cursor.execute(f"ALTER TABLE {LOAD} RENAME TO {TABLE}")
            for index in indexes:
                cursor.execute(f'ALTER INDEX "load_{index.name}" RENAME TO "{index.name}"')
            cursor.execute(f"ALTER SEQUENCE {LOAD}_id_seq RENAME TO {TABLE}_id_seq")
            for definition in triggers:
                cursor.execute(definition)
            if not self._ours().delete()[0]:
                raise SourceError(_TAKEN_OVER)
        return loaded

    def _ours(self) -> QuerySet[UnfinishedLoad]:
        """The row; nothing once another import has taken over, as from a host that slept."""
        return UnfinishedLoad.objects.filter(pk=self._row.pk, worker=self._row.worker)


_TAKEN_OVER = "Another import has taken over, because this one was silent for too long."
# Of repeated lines the newest counts, the last of equally old ones.
_DELETE_REPEATED = f"""
    DELETE FROM {LOAD} AS rating USING (
        SELECT id, row_number() OVER (
            PARTITION BY user_id, movie_id ORDER BY rated_at DESC, id DESC) AS place
        FROM {LOAD}) AS repeated
    WHERE rating.id = repeated.id AND repeated.place > 1
"""  # noqa: S608
_COUNT = f"""
    CREATE TEMPORARY TABLE movies_loaded ON COMMIT DROP AS
    SELECT movie_id, count(*) AS n, sum(half_stars) AS half_stars FROM {LOAD} GROUP BY movie_id
"""  # noqa: S608
# The ratings of the set's raters that staff has entered meanwhile stand.
_DELETE_ENTERED = f"""
    WITH deleted AS (
        DELETE FROM {LOAD} AS rating USING {TABLE} AS entered
        WHERE (rating.user_id, rating.movie_id) = (entered.user_id, entered.movie_id)
        RETURNING rating.movie_id, rating.half_stars)
    UPDATE movies_loaded AS loaded
    SET n = loaded.n - entered.n, half_stars = loaded.half_stars - entered.half_stars
    FROM (SELECT movie_id, count(*) AS n, sum(half_stars) AS half_stars FROM deleted
          GROUP BY movie_id) AS entered
    WHERE loaded.movie_id = entered.movie_id
"""  # noqa: S608
_ADD_COUNTS = """
    UPDATE movies_movie AS movie
    SET n_ratings = movie.n_ratings + loaded.n,
        half_star_sum = movie.half_star_sum + loaded.half_stars
    FROM movies_loaded AS loaded WHERE movie.id = loaded.movie_id
"""


def _move_ratings_given_meanwhile(cursor: Any) -> None:
    """They are counted already."""
    cursor.execute(_DELETE_ENTERED)
    cursor.execute(f"SELECT (SELECT min(id) FROM {LOAD}), (SELECT max(id) FROM {TABLE})")  # noqa: S608
    first, last = cursor.fetchone()
    if first and last and last >= first:
        raise RuntimeError(f"ratings {first} and up were numbered twice")
    cursor.execute(f"INSERT INTO {LOAD} SELECT * FROM {TABLE}")  # noqa: S608


def _new_table(data_set: str, fingerprint: str) -> UnfinishedLoad:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {LOAD}")
        cursor.execute(f"CREATE TABLE {LOAD} (LIKE {TABLE} INCLUDING ALL EXCLUDING INDEXES)")
        cursor.execute(
            "SELECT last_value FROM pg_sequences WHERE sequencename = %s", [f"{TABLE}_id_seq"]
        )
        row = cursor.fetchone()
        start = ((row and row[0]) or 0) + ID_GAP
        cursor.execute(f"ALTER SEQUENCE {LOAD}_id_seq RESTART {int(start)}")
        return UnfinishedLoad.objects.create(
            data_set=data_set, fingerprint=fingerprint, worker=this_process()
        )


def _claim(row: UnfinishedLoad) -> bool:
    """Make a dead load ours, unless another import has been faster."""
    seen = UnfinishedLoad.objects.filter(
        pk=row.pk, worker=row.worker, heartbeat_at=row.heartbeat_at
    )
    row.worker, row.heartbeat_at = this_process(), timezone.now()
    return bool(seen.update(worker=row.worker, heartbeat_at=row.heartbeat_at))


def _done(steps: Meter, on_step: OnStep) -> None:
    steps.done += 1
    on_step(steps)


def _indexes(cursor: Any) -> list[_Index]:
    """The indexes of the ratings table."""
    cursor.execute(
        """
        SELECT class.relname, pg_get_indexdef(index.indexrelid), index.indisunique,
               CASE found.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE '' END
        FROM pg_index AS index JOIN pg_class AS class ON class.oid = index.indexrelid
        LEFT JOIN pg_constraint AS found ON found.conindid = index.indexrelid
            AND found.contype IN ('p', 'u')
        WHERE index.indrelid = %s::regclass ORDER BY class.relname
        """,
        [TABLE],
    )
    return [
        _Index(name, definition.split(" USING ", 1)[1], is_unique, constraint or "")
        for name, definition, is_unique, constraint in cursor.fetchall()
    ]


def _build(cursor: Any, index: _Index) -> None:
    """Build it on the load table, under a name of its own until the swap.

    One that a killed import has built is whole, and stays.
    """
    built, unique = f"load_{index.name}", "UNIQUE " if index.is_unique else ""
    cursor.execute("SELECT to_regclass(%s)", [f'"{built}"'])
    if cursor.fetchone()[0]:
        return
    with transaction.atomic():
        cursor.execute(f'CREATE {unique}INDEX "{built}" ON {LOAD} USING {index.definition}')
        if index.constraint:
            cursor.execute(f'ALTER TABLE {LOAD} ADD {index.constraint} USING INDEX "{built}"')


def _add_foreign_keys(cursor: Any) -> None:
    """Not valid first: validating then locks nobody out of users and movies."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'f'",
        [TABLE],
    )
    for name, definition in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {LOAD} DROP CONSTRAINT IF EXISTS "{name}"')
        cursor.execute(f'ALTER TABLE {LOAD} ADD CONSTRAINT "{name}" {definition} NOT VALID')
        validate = f'ALTER TABLE {LOAD} VALIDATE CONSTRAINT "{name}"'
        try:
            cursor.execute(validate)
        except IntegrityError:  # a movie or rater was deleted meanwhile
            cursor.execute(_DELETE_ORPHANS)
            cursor.execute(validate)


_DELETE_ORPHANS = f"""
    DELETE FROM {LOAD} AS rating
    WHERE NOT EXISTS (SELECT 1 FROM movies_movie WHERE id = rating.movie_id)
       OR NOT EXISTS (SELECT 1 FROM accounts_user WHERE id = rating.user_id)
"""  # noqa: S608


def _triggers(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND NOT tgisinternal",
        [TABLE],
    )
    return [row[0] for row in cursor.fetchall()]


def _is_replaceable() -> bool:
    """Whether the table is ours, and nothing would be lost with it but what is rebuilt here."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_has_role(class.relowner, 'USAGE')
                AND has_schema_privilege(class.relnamespace, 'CREATE')
                AND class.relacl IS NULL AND class.reloptions IS NULL
                AND NOT class.relrowsecurity AND NOT class.relhassubclass
                AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE refclassid = 'pg_class'::regclass
                    AND refobjid = class.oid AND deptype = 'n'
                    AND classid <> 'pg_trigger'::regclass
                    AND objid NOT IN (SELECT oid FROM pg_constraint WHERE conrelid = class.oid))
                AND NOT EXISTS (SELECT 1 FROM pg_publication_tables
                    WHERE tablename = class.relname)
            FROM pg_class AS class WHERE class.oid = %s::regclass
            """,
            [TABLE],
        )
        return cursor.fetchone()[0]


def _has_raters(data_set: str) -> bool:
    return Rating.objects.filter(user__username__startswith=f"{data_set}:").exists()


def _many_here(size: int) -> bool:
    most = int(size / BYTES_A_RATING * MAX_SHARE_HERE)
    return Rating.objects.order_by()[: most + 1].count() > most


def _exists(table: str) -> bool:
    return table in connection.introspection.table_names()
