"""SQLite: a copy of the file."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from cfsite.operations.backups.contents import Table, Tables
from cfsite.operations.backups.failures import BackupFailed

MEMBER = "database.sqlite3"
PATIENCE = 30  # seconds to wait for others that write


def server_version() -> str:
    return sqlite3.sqlite_version


def dump(path: Path) -> Tables:
    """Write a copy to `path`: one read transaction, during which others write on.

    VACUUM INTO instead of SQLite's backup interface, because it leaves out free pages, in which a
    database from before secure_delete keeps what was deleted.
    """
    with _faults(), closing(_open(_name())) as source:
        source.execute("VACUUM INTO ?", [str(path)])
    with _faults(), closing(_open(path)) as copy:
        return _tables(copy)


def verify(path: Path, expected_tables: set[str]) -> Tables:
    """What the dump holds.

    Raises:
        BackupFailed: It is damaged.
    """
    with _faults(), closing(_open(path)) as copy:
        found = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise BackupFailed(f"SQLite finds the copy damaged: {'; '.join(found)}")
        return _tables(copy)


def restore(path: Path) -> None:
    """Put the dump in the place of the database, in one transaction.

    Never by moving files: processes that are still running would write to the old one, and the
    write-ahead log beside it would be played back into the new one.
    """
    connection.close()
    end = time.monotonic() + PATIENCE

    def give_up(_status: int, _remaining: int, _total: int) -> None:
        if time.monotonic() > end:
            raise sqlite3.OperationalError("database is locked")

    with _faults(), closing(_open(path)) as source, closing(_open(_name())) as target:
        source.backup(target, progress=give_up)


def tables() -> Tables:
    """Of the database itself."""
    with _faults(), closing(_open(_name())) as database, database:
        database.execute("BEGIN")
        return _tables(database)


def _tables(database: sqlite3.Connection) -> Tables:
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\' ORDER BY name"
    )
    return {name: _table(database, name) for (name,) in names.fetchall()}


def _table(database: sqlite3.Connection, name: str) -> Table:
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{name}")')]
    values = " || ',' || ".join(f'quote("{column}")' for column in columns)
    # No name here comes from outside: all are those of our own tables.
    rows = database.execute(f'SELECT {values} FROM "{name}" ORDER BY rowid')  # noqa: S608
    digest, count = hashlib.sha256(), 0
    for (text,) in rows:
        digest.update(text.encode("utf-8", "surrogateescape") + b"\n")
        count += 1
    return Table(count, digest.hexdigest())


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _open(path: str | Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        if "disk is full" in said:
            said = "The disk is full: there is no room for a copy of the database."
        elif "locked" in said:
            said = f"The database was in use for {PATIENCE} seconds. Stop the site and try again."
        else:
            said = f"SQLite: {said}"
        raise BackupFailed(said) from error
