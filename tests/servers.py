"""Real PostgreSQL, PgBouncer, Redis and Varnish for the tests, on free ports, stopped after.

    python -m tests.servers postgresql -- COMMAND ...

runs the command with DATABASE_URL pointing at a server of its own, on which a migrated database is
the template of test databases.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.migrated import migrate


class ServerMissing(Exception):
    """The program is not installed; says how to get it."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis without persistence; yields its URL."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if not binary:
        raise ServerMissing("redis-server is not installed: apt install redis-server")
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with _process([*command, "--appendonly", "no"]) as process:
        _wait_for_port(port, process)
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL cluster in a temporary folder; yields a DATABASE_URL.

    durable: wait for the disk at each commit, as an operator's server does.
    """
    binaries = _postgresql_binaries()
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="cfsite-pg-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "cfsite", "--auth=trust", "--encoding=UTF8"],
            check=True,
            user=user,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        port = free_port()
        # Durability is not what these tests are about, and costs them minutes.
        hasty = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        options = [] if durable else hasty
        command = [binaries / "postgres", "-D", data, "-p", str(port), "-k", folder, *options]
        command += ["-c", "listen_addresses=127.0.0.1"]
        with _process(command, user=user, cwd=folder) as process:
            _wait_until_ready(binaries, port, process)
            yield f"postgres://cfsite@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgresql_replica(primary: Mapping[str, Any]) -> Iterator[int]:
    """A streaming replica of the server with these settings of a connection; yields its port."""
    binaries, user, port = _postgresql_binaries(), _server_user(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="cfsite-replica-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    server = ["-h", str(primary["HOST"]), "-p", str(primary["PORT"]), "-U", str(primary["USER"])]
    copy = [binaries / "pg_basebackup", *server, "-D", data, "-R", "-X", "stream", "-c", "fast"]
    command = [binaries / "postgres", "-D", data, "-p", str(port), "-k", folder]
    # Queries of pages are ended by the replay at once, as they may be on an operator's server.
    command += ["-c", "listen_addresses=127.0.0.1", "-c", "max_standby_streaming_delay=0"]
    try:
        copied = subprocess.run(
            copy, user=user, cwd=folder, capture_output=True, text=True, check=False
        )
        if copied.returncode:
            raise ServerMissing(f"the server cannot be copied: {copied.stderr.strip()}")
        with _process(command, user=user, cwd=folder) as process:
            _wait_until_ready(binaries, port, process)
            yield port
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def pgbouncer(server: Mapping[str, Any], *databases: str) -> Iterator[int]:
    """PgBouncer in transaction mode in front of a server; yields its port."""
    binary = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if not binary:
        raise ServerMissing("pgbouncer is not installed: apt install pgbouncer")
    user, port = _server_user(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="cfsite-pgbouncer-"))
    lines = [f"{name} = host={server['HOST']} port={server['PORT']}" for name in databases]
    settings = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "auth_type": "any",
        "pool_mode": "transaction",
        # Few connections for many clients: a transaction seldom gets the one of the last.
        "default_pool_size": 4,
        "max_client_conn": 200,
        "unix_socket_dir": "",
    }
    lines = [
        *("[databases]", *(f"{line} user={server['USER']}" for line in lines), "[pgbouncer]"),
        *(f"{name} = {value}" for name, value in settings.items()),
    ]
    file = folder / "pgbouncer.ini"
    file.write_text("\n".join(lines))
    folder.chmod(0o755)
    try:
        with _process([binary, "-q", file], user=user, cwd=folder) as process:
            _wait_for_port(port, process)
            yield port
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def varnish(backend: str) -> Iterator[str]:
    """Varnish as installed, in front of the host and port `backend`; yields its URL."""
    binary = shutil.which("varnishd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if not binary:
        raise ServerMissing("varnishd is not installed: apt install varnish")
    port, folder = free_port(), tempfile.mkdtemp(prefix="cfsite-varnish-")
    Path(folder).chmod(0o755)  # its worker is another user
    command = [binary, "-F", "-a", f"127.0.0.1:{port}", "-b", backend, "-n", folder]
    try:
        with _process([*command, "-s", "malloc,20m"]) as process:
            _wait_for_port(port, process)
            yield f"http://127.0.0.1:{port}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _process(command: list, **options: object) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    try:
        yield process
    finally:
        # Fast shutdown for PostgreSQL, plain stop for Redis.
        process.send_signal(2)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _postgresql_binaries() -> Path:
    """The folder of the newest complete installation: Debian's, Homebrew's, or the path's."""
    folders = [
        *sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=_version, reverse=True),
        *sorted(glob.glob("/opt/homebrew/opt/postgresql*/bin"), reverse=True),
        *os.environ["PATH"].split(os.pathsep),
    ]
    for folder in folders:
        if all(Path(folder, name).exists() for name in ("initdb", "postgres", "pg_isready")):
            return Path(folder)
    raise ServerMissing("PostgreSQL's server is not installed: apt install postgresql")


def _version(folder: str) -> int:
    name = Path(folder).parent.name
    return int(name) if name.isdigit() else 0


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; whoever else we are may run it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise ServerMissing("PostgreSQL cannot run as root, and no other user was found")


def _wait_until_ready(binaries: Path, port: int, process: subprocess.Popen) -> None:
    ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "cfsite"]
    for _ in range(200):
        if process.poll() is not None:
            raise ServerMissing("PostgreSQL did not start")
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise ServerMissing("PostgreSQL did not answer within 20 seconds")


def _wait_for_port(port: int, process: subprocess.Popen) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise ServerMissing("the server did not start")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise ServerMissing("the server did not answer within 10 seconds")


def main(arguments: list[str]) -> int:
    if len(arguments) < 3 or arguments[0] != "postgresql" or arguments[1] != "--":
        sys.stderr.write(__doc__ or "")
        return 2
    # Ended, it ends as by Ctrl-C, with the server.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with postgresql() as url:
            named = {"DATABASE_URL": url, "TEST_TEMPLATE_DATABASE": _migrated_database(url)}
            return _run(arguments[2:], {**os.environ, **named})
    except ServerMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(command: list[str], environment: dict[str, str]) -> int:
    with subprocess.Popen(command, env=environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # first the command ends, then the server that it uses
            process.terminate()
            return process.wait()


def _migrated_database(server: str) -> str:
    name = "migrated"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
    migrate(urlsplit(server)._replace(path=f"/{name}").geturl())
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
