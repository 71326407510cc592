"""Redis and PostgreSQL as an operator runs them, to be stopped, killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis as redis_client

from tests import servers

# Spares the disk: what was handed to the kernel outlives the process all the same.
HASTY = ("fsync=off", "full_page_writes=off")
# The control: a commit is acknowledged before it is written.
FORGETFUL = ("synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=1GB")


def as_options(settings: Sequence[str]) -> list[str]:
    return [word for setting in settings for word in ("-c", setting)]


class Server:
    """One server process at one port."""

    def __init__(self, command: Sequence[object], **options: object) -> None:
        self.command, self.options = [str(part) for part in command], options
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self.command, **quiet, **self.options)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        raise NotImplementedError

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def end(self, number: signal.Signals) -> None:
        """Ends it by this signal."""
        self.send(number)
        assert self.process is not None
        self.process.wait(60)


class Redis(Server):
    def __init__(self) -> None:
        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        if not binary:
            raise servers.ServerMissing("redis-server is not installed: apt install redis-server")
        self.port = servers.free_port()
        where = ["--port", self.port, "--bind", "127.0.0.1"]
        super().__init__([binary, *where, "--save", "", "--appendonly", "no"])
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def wait_until_ready(self) -> None:
        servers._wait_for_port(self.port, self.process)

    def client(self) -> redis_client.Redis:
        return redis_client.Redis.from_url(self.url)


class PostgreSQL(Server):
    def __init__(self, folder: Path, user: str | None, settings: Sequence[str]) -> None:
        self.binaries, self.port = servers._postgresql_binaries(), servers.free_port()
        data = folder / "data"
        initdb = [self.binaries / "initdb", "-D", data, "-U", "cfsite"]
        subprocess.run(
            [*initdb, "--auth=trust", "--encoding=UTF8", "--no-sync"],
            check=True,
            user=user,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        options = as_options(settings)
        where = ["-D", data, "-p", self.port, "-k", folder, "-c", "listen_addresses=127.0.0.1"]
        command = [self.binaries / "postgres", *where, *options]
        super().__init__(command, user=user, cwd=folder)
        self.url = f"postgres://cfsite@127.0.0.1:{self.port}/postgres"

    def wait_until_ready(self) -> None:
        servers._wait_until_ready(self.binaries, self.port, self.process)


@contextmanager
def redis() -> Iterator[Redis]:
    with _running(Redis()) as server:
        yield server


@contextmanager
def postgresql(*settings: str) -> Iterator[PostgreSQL]:
    user, folder = servers._server_user(), Path(tempfile.mkdtemp(prefix="cfsite-pg-"))
    if user:
        shutil.chown(folder, user)
    try:
        with _running(PostgreSQL(folder, user, (*HASTY, *settings))) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.send(signal.SIGCONT)
            server.end(signal.SIGINT)
