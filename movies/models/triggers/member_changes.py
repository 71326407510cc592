"""Database triggers that log what changes of a member's ratings, marks, lists and viewings.

So every way to change them counts: pages, the API, the admin, imports, undo, merges of movies,
cascades and raw SQL. A change moves the member's counter and takes its number
(`movies.models.sync.ChangeCounter`). Members without a counter, the raters of data sets, are not
logged. What goes with a deleted account is logged and then erased with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

COUNTER, LOG = "movies_changecounter", "movies_memberchange"


@dataclass(frozen=True)
class _Logged:
    """A table whose rows are logged, in SQL: `{row}` is the row, NOW the time of the statement."""

    table: str
    user: str
    kind: str
    key: str
    at: str  # of a row that is there; of one that is gone it is now
    keyed_by: tuple[str, ...]  # a row in which these change is gone from its old key
    columns: tuple[str, ...] = ()  # whose changes count; all if none is named

    def row(self, row: str) -> dict[str, str]:
        names = ("user", "kind", "key", "at")
        return {name: getattr(self, name).format(row=row) for name in names}


_OF_LIST = "(SELECT owner_id FROM movies_movielist WHERE id = {row}.movie_list_id)"
_OF_VIEWING = "(SELECT user_id FROM movies_viewing WHERE id = {row}.viewing_id)"
LOGGED = (
    _Logged(
        *("movies_rating", "{row}.user_id", "'rating'", "{row}.movie_id", "{row}.updated_at"),
        keyed_by=("user_id", "movie_id"),
        columns=(
            *("user_id", "movie_id", "half_stars", "rated_at", "updated_at"),
            "prediction_shown",
        ),
    ),
    _Logged(
        *("movies_mark", "{row}.user_id", "{row}.kind", "{row}.movie_id", "{row}.created_at"),
        keyed_by=("user_id", "kind", "movie_id"),
    ),
    _Logged(
        *("movies_movielist", "{row}.owner_id", "'list'", "{row}.id", "{row}.updated_at"),
        keyed_by=("owner_id",),
    ),
    _Logged(
        *("movies_listentry", _OF_LIST, "'list'", "{row}.movie_list_id", "NOW"),
        keyed_by=("movie_list_id",),
    ),
    _Logged(
        *("movies_viewing", "{row}.user_id", "'viewing'", "{row}.id", "{row}.updated_at"),
        keyed_by=("user_id",),
    ),
    _Logged(
        *("movies_viewingtag", _OF_VIEWING, "'viewing'", "{row}.viewing_id", "NOW"),
        keyed_by=("viewing_id",),
    ),
)

# As Django writes times, so that they compare as texts.
_SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
_SQLITE_LOG = f"""
    UPDATE {COUNTER} SET number = number + 1 WHERE user_id = {{user}};
    INSERT INTO {LOG} (user_id, kind, key, number, at, logged_at)
        SELECT user_id, {{kind}}, {{key}}, number, {{at}}, {_SQLITE_NOW}
        FROM {COUNTER} WHERE user_id = {{user}}
        ON CONFLICT (user_id, kind, key) DO UPDATE SET
            number = excluded.number, at = excluded.at, logged_at = excluded.logged_at;
"""  # noqa: S608  constants only


def _sqlite_triggers(logged: _Logged) -> dict[str, str]:
    table, old, new = logged.table, logged.row("OLD"), logged.row("NEW")
    gone = _SQLITE_LOG.format(**{**old, "at": _SQLITE_NOW})
    there = _SQLITE_LOG.format(**{**new, "at": new["at"].replace("NOW", _SQLITE_NOW)})
    changed, moved = (
        " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in names) or "TRUE"
        for names in (logged.columns, logged.keyed_by)
    )
    of, keys = (
        f" OF {', '.join(names)}" if names else "" for names in (logged.columns, logged.keyed_by)
    )
    return {
        f"{table}_change_inserted": f"AFTER INSERT ON {table} BEGIN {there} END",
        f"{table}_change_updated": f"AFTER UPDATE{of} ON {table} WHEN {changed} BEGIN {there} END",
        f"{table}_change_moved": f"AFTER UPDATE{keys} ON {table} WHEN {moved} BEGIN {gone} END",
        f"{table}_change_deleted": f"AFTER DELETE ON {table} BEGIN {gone} END",
    }


SQLITE = {
    name: definition for logged in LOGGED for name, definition in _sqlite_triggers(logged).items()
} | {
    "movies_changes_erased": f"""
        AFTER DELETE ON accounts_user BEGIN
        DELETE FROM {COUNTER} WHERE user_id = OLD.id; DELETE FROM {LOG} WHERE user_id = OLD.id; END
    """,  # noqa: S608
    "movies_changecounter_given": f"""
        AFTER INSERT ON accounts_user WHEN NOT NEW.is_dataset_member BEGIN
        INSERT INTO {COUNTER} (user_id, number, forgotten) VALUES (NEW.id, 0, 0)
        ON CONFLICT (user_id) DO NOTHING; END
    """,  # noqa: S608
}

# Runs once per statement, however many rows that writes. Counters are locked in the order of the
# members, so that two statements about the same members cannot deadlock.
_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {{name}}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE members integer[];
BEGIN
    SELECT array_agg(DISTINCT user_id) INTO members FROM ({{touched}}) AS touched;
    IF members IS NULL THEN RETURN NULL; END IF;
    PERFORM 1 FROM {COUNTER} WHERE user_id = ANY (members) ORDER BY user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    UPDATE {COUNTER} SET number = number + 1 WHERE user_id = ANY (members);
    INSERT INTO {LOG} (user_id, kind, key, number, at, logged_at)
        SELECT touched.user_id, touched.kind, touched.key, number,
            coalesce(max(touched.at) FILTER (WHERE is_there), max(touched.at)), clock_timestamp()
        FROM ({{touched}}) AS touched JOIN {COUNTER} AS counter USING (user_id)
        GROUP BY touched.user_id, touched.kind, touched.key, number
        ORDER BY touched.user_id, touched.kind, touched.key
        ON CONFLICT (user_id, kind, key) DO UPDATE SET
            number = excluded.number, at = excluded.at, logged_at = excluded.logged_at;
    RETURN NULL;
END $$
"""  # noqa: S608  constants only
# An upsert takes the counter before the row it changes, as transactions do that lock the counter
# first: the other way round, they would deadlock.
_POSTGRESQL_LOCK = f"""
CREATE OR REPLACE FUNCTION movies_change_counter_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM {COUNTER} WHERE user_id = NEW.user_id FOR NO KEY UPDATE;
    RETURN NEW;
END $$
"""
_POSTGRESQL_GIVE = f"""
CREATE OR REPLACE FUNCTION movies_changecounter_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {COUNTER} (user_id, number, forgotten)
        SELECT id, 0, 0 FROM new_rows WHERE NOT is_dataset_member
        ON CONFLICT (user_id) DO NOTHING;
    RETURN NULL;
END $$
"""  # noqa: S608
_POSTGRESQL_ERASE = f"""
CREATE OR REPLACE FUNCTION movies_changes_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM {COUNTER} WHERE user_id = OLD.id;
    DELETE FROM {LOG} WHERE user_id = OLD.id;
    RETURN NULL;
END $$
"""  # noqa: S608


def _postgresql_rows(logged: _Logged, rows: str, *, is_there: bool) -> str:
    row = logged.row("r")
    at = row["at"].replace("NOW", "clock_timestamp()") if is_there else "clock_timestamp()"
    return (
        f"SELECT {row['user']} AS user_id, {row['kind']}::varchar AS kind, {row['key']} AS key,"  # noqa: S608
        f" {at} AS at, {is_there} AS is_there FROM {rows} AS r"
    )


def _postgresql_updated(logged: _Logged) -> str:
    def rows(which: str, columns: tuple[str, ...]) -> str:
        differs = (
            f" WHERE ({', '.join(f'was.{name}' for name in columns)}) IS DISTINCT FROM"
            f" ({', '.join(f'now.{name}' for name in columns)})"
            if columns
            else ""
        )
        return f"(SELECT {which}.* FROM old_rows AS was JOIN new_rows AS now USING (id){differs})"  # noqa: S608

    there = _postgresql_rows(logged, rows("now", logged.columns), is_there=True)
    gone = _postgresql_rows(logged, rows("was", logged.keyed_by), is_there=False)
    return f"{there} UNION ALL {gone}"


def _postgresql_triggers(logged: _Logged) -> dict[str, tuple[str, str]]:
    """name: (event, the rows concerned)"""
    table = logged.table
    old, new = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
    return {
        f"{table}_change_inserted": (
            f"AFTER INSERT ON {table} REFERENCING {new}",
            _postgresql_rows(logged, "new_rows", is_there=True),
        ),
        f"{table}_change_updated": (
            f"AFTER UPDATE ON {table} REFERENCING {old} {new}",
            _postgresql_updated(logged),
        ),
        f"{table}_change_deleted": (
            f"AFTER DELETE ON {table} REFERENCING {old}",
            _postgresql_rows(logged, "old_rows", is_there=False),
        ),
    }


def can_install(tables: set[str]) -> bool:
    return {COUNTER, LOG, "accounts_user", *(logged.table for logged in LOGGED)} <= tables


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place and give every member a counter; safe to repeat."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _INSTALL[connection.vendor](cursor)
        cursor.execute(
            f"INSERT INTO {COUNTER} (user_id, number, forgotten)"  # noqa: S608
            " SELECT id, 0, 0 FROM accounts_user WHERE NOT is_dataset_member"
            " ON CONFLICT (user_id) DO NOTHING"
        )


def _install_sqlite(cursor: Any) -> None:
    for name, definition in SQLITE.items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"CREATE TRIGGER {name} {definition}")


def _install_postgresql(cursor: Any) -> None:
    for logged in LOGGED:
        for name, (event, touched) in _postgresql_triggers(logged).items():
            cursor.execute(_POSTGRESQL_FUNCTION.format(name=name, touched=touched))
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {name} {event} FOR EACH STATEMENT"
                f" EXECUTE FUNCTION {name}()"
            )
    cursor.execute(_POSTGRESQL_LOCK)
    cursor.execute(
        "CREATE OR REPLACE TRIGGER movies_change_counter_locked BEFORE INSERT ON movies_rating"
        " FOR EACH ROW EXECUTE FUNCTION movies_change_counter_locked()"
    )
    cursor.execute(_POSTGRESQL_ERASE)
    cursor.execute(
        "CREATE OR REPLACE TRIGGER movies_changes_erased AFTER DELETE ON accounts_user"
        " FOR EACH ROW EXECUTE FUNCTION movies_changes_erased()"
    )
    cursor.execute(_POSTGRESQL_GIVE)
    cursor.execute(
        "CREATE OR REPLACE TRIGGER movies_changecounter_given AFTER INSERT ON accounts_user"
        " REFERENCING NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION movies_changecounter_given()"
    )


_INSTALL = {"sqlite": _install_sqlite, "postgresql": _install_postgresql}
