"""PostgreSQL: pg_dump and pg_restore of the server's version, in the custom format."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.backends.postgresql.client import DatabaseClient

from cfsite.operations.backups.contents import Table, Tables
from cfsite.operations.backups.failures import BackupFailed

MEMBER = "database.pgdump"
PATIENCE = 30  # seconds to wait for locks of others
INSTALLED = Path("/usr/lib/postgresql")  # Debian's; others have the programs in their path

# Every object of ours, so that a restore leaves nothing of what was there before.
WIPE = """
DO $$
DECLARE statements text;
BEGIN
    SELECT string_agg(format('DROP %s IF EXISTS %s CASCADE', kind, name), ';') INTO statements
    FROM (
        SELECT oid, oid::regclass::text AS name,
            CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT oid, oid::regprocedure::text, 'ROUTINE' FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    ) AS ours
    -- Nothing of an extension, and no sequence or partition that goes with its column or table.
    WHERE NOT EXISTS (
        SELECT FROM pg_depend
        WHERE objid = ours.oid AND objsubid = 0 AND deptype IN ('e', 'a', 'i')
    );
    IF statements IS NOT NULL THEN
        EXECUTE statements;
    END IF;
END $$;
"""


def server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]


def dump(path: Path) -> Tables:
    """Write a dump to `path`, and count what it holds in the same snapshot."""
    program = _program("pg_dump")
    with _faults(), _snapshot() as (cursor, snapshot):
        _run(
            [
                *(program, "--format=custom", "--compress=0", "--no-owner", "--no-privileges"),
                *("--no-comments", "--no-publications", "--no-subscriptions", "--no-password"),
                *(f"--lock-wait-timeout={PATIENCE}s", f"--snapshot={snapshot}", f"--file={path}"),
            ]
        )
        return _tables(cursor)


def verify(path: Path, expected_tables: set[str]) -> None:
    """Let pg_restore read all of it.

    Raises:
        BackupFailed: It is damaged, or a table is missing.
    """
    program = _program("pg_restore", of_server=False)
    listed = _run([program, "--list", str(path)], connects=False)
    found = set(re.findall(r"^\d+; \d+ \d+ TABLE DATA public (\S+)", listed, re.MULTILINE))
    missing = expected_tables - {name.strip('"') for name in found}
    if missing:
        raise BackupFailed(f"The dump lacks {', '.join(sorted(missing))}.")
    _run([program, f"--file={os.devnull}", str(path)], connects=False)


def restore(path: Path) -> None:
    """Put the dump in the place of all tables, in one transaction."""
    connection.close()
    arguments, environment = _client(
        [
            *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
            *("--no-password", "--file=-"),
        ]
    )
    # What is dropped along is no news, and would fill the pipe.
    environment["PGOPTIONS"] = "-c client_min_messages=warning"
    reader = subprocess.Popen(  # noqa: S603
        [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    writer = subprocess.Popen(  # noqa: S603
        [_program("psql"), *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with reader, writer:
        assert reader.stdout  # noqa: S101
        assert reader.stderr  # noqa: S101
        assert writer.stdin  # noqa: S101
        assert writer.stderr  # noqa: S101
        # A psql that ended at an error no longer reads.
        with suppress(BrokenPipeError):
            writer.stdin.write(f"SET lock_timeout = '{PATIENCE}s';{WIPE}".encode())
            shutil.copyfileobj(reader.stdout, writer.stdin, 1 << 20)
        reader.stdout.close()
        is_whole = reader.wait() == 0
        if not is_whole:
            writer.kill()  # before the end of its input, at which it would commit
        with suppress(BrokenPipeError):
            writer.stdin.close()
        complaint = writer.stderr.read() or reader.stderr.read()
    if writer.returncode or not is_whole:
        raise BackupFailed(
            f"The dump could not be restored, and the database is as it was: {_said(complaint)}"
        )


def check_programs() -> None:
    """
    Raises:
        BackupFailed: One is missing or too old.
    """
    for name in ("pg_dump", "pg_restore", "psql"):
        _program(name)


def tables() -> Tables:
    """Of the database itself."""
    with _faults(), _snapshot() as (cursor, _snapshot_name):
        return _tables(cursor)


@contextmanager
def _snapshot() -> Iterator[tuple[Any, str]]:
    """A cursor in a transaction that sees one moment, and the name by which pg_dump sees it too."""
    own = connection.copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # What text of a row looks like must not depend on the server's configuration.
            for setting in ("timezone = 'UTC'", "datestyle = 'ISO'", "extra_float_digits = 1"):
                cursor.execute(f"SET LOCAL {setting}")
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
    finally:
        own.close()


def _tables(cursor: Any) -> Tables:
    cursor.execute(
        "SELECT relname, oid::regclass::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT EXISTS"
        " (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') ORDER BY relname"
    )
    return {name: _table(cursor, quoted) for name, quoted in cursor.fetchall()}


def _table(cursor: Any, quoted: str) -> Table:
    """Sums of hashes, so that the order of rows does not matter."""
    hashed = "substring(sha256(convert_to(one::text, 'UTF8')) FOR 8)"
    number = f"('x' || encode({hashed}, 'hex'))::bit(64)::bigint"
    # The name is quoted by the database.
    statement = f"SELECT count(*), coalesce(sum({number}), 0) FROM {quoted} AS one"  # noqa: S608
    cursor.execute(statement)
    rows, total = cursor.fetchone()
    return Table(rows, f"{int(total) % 2**128:032x}")


def _run(command: list[str], *, connects: bool = True) -> str:
    environment = None
    if connects:
        arguments, environment = _client([])
        command = [*command, *arguments]
    done = subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise BackupFailed(f"{Path(command[0]).name} failed: {_said(done.stderr)}")
    return done.stdout.decode(errors="replace")


def _client(parameters: list[str]) -> tuple[list[str], dict[str, str]]:
    """Arguments and environment that tell PostgreSQL's programs which database; the password is
    in the environment, where other users of the machine do not see it.

    Raises:
        BackupFailed: There is only PgBouncer. The programs empty the search path for their session,
            and pages that came to that connection next would find no table.
    """
    if settings.PGBOUNCER:
        raise BackupFailed(
            "PostgreSQL's programs cannot work through PgBouncer. Where backups are made (worker,"
            " manage.py), let DATABASE_URL name PostgreSQL itself, and unset CFSITE_PGBOUNCER."
        )
    found, environment = DatabaseClient.settings_to_cmd_args_env(
        connection.settings_dict, parameters
    )
    return found[1:], {**os.environ, **(environment or {})}


def _program(name: str, *, of_server: bool = True) -> str:
    """The installed one nearest to the server's version that is not older.

    Raises:
        BackupFailed: There is none.
    """
    wanted = _major(server_version()) if of_server else 0
    found = {_major(folder.name): str(folder / "bin" / name) for folder in INSTALLED.glob("*")}
    if not of_server and found:
        return found[max(found)]
    fitting = [major for major in found if major >= wanted and Path(found[major]).exists()]
    if fitting:
        return found[min(fitting)]
    program = shutil.which(name)
    advice = f"Debian: apt install postgresql-client-{wanted}" if wanted else "Install it"
    if not program:
        raise BackupFailed(
            f"{name} is not installed. {advice}; elsewhere, PostgreSQL's client programs."
        )
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\d+", said.stdout)
    if version and int(version[0]) < wanted:
        raise BackupFailed(
            f"{program} is of version {version[0]}, older than the server ({wanted}). {advice}."
        )
    return program


def _major(version: str) -> int:
    leading = re.match(r"\d+", version)
    return int(leading[0]) if leading else 0


def _said(complaint: bytes) -> str:
    lines = [line for line in complaint.decode(errors="replace").splitlines() if line.strip()]
    said = " ".join(lines[:2])[:400] or "no reason given"
    if "lock timeout" in said:
        said += " (other processes use the database: stop the site and try again)"
    return said


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except Error as error:
        raise BackupFailed(f"PostgreSQL: {str(error).strip()}") from error
