"""Run the site in its own process on one core, for scripts that time its answers."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.servers import free_port  # noqa: E402  (a script's folder comes before the checkout)

CSRF = "y" * 32


class Web:
    """A running gunicorn with sync workers, optionally pinned to one core."""

    def __init__(
        self,
        environment: dict[str, str],
        workers: int,
        core: int | None,
        app: str = "cfsite.wsgi",
    ) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", app, "--bind"]
        command += [f"127.0.0.1:{self.port}", f"--workers={workers}", "--log-level=warning"]
        # Pinned here and not in the site's configuration: benchmarks only.
        pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, preexec_fn=pin, start_new_session=True
        )

    def call(self, method: str, path: str, session: str = "", body: Any = None) -> Any:
        """The decoded JSON response; raises if the status is 400 or higher."""
        headers = {"Content-Type": "application/json"}
        content = self.exchange(
            method, path, session, None if body is None else json.dumps(body), headers
        )
        return json.loads(content) if content else None

    def exchange(
        self,
        method: str,
        path: str,
        session: str = "",
        body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """The response body as sent; raises if the status is 400 or higher."""
        headers = dict(headers or {})
        if session:
            headers["Cookie"] = f"sessionid={session}; csrftoken={CSRF}"
            headers["X-CSRFToken"] = CSRF
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            content = answer.read()
        finally:
            link.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return content

    def wait_until_ready(self, path: str = "/") -> None:
        for _ in range(6000):
            try:
                self.exchange("GET", path)
                return
            except OSError:
                if self.process.poll() is not None:
                    raise
                time.sleep(0.005)
        raise RuntimeError("the site did not answer")

    def wait_for_answer(self, path: str, session: str = "") -> Any:
        for _ in range(6000):
            try:
                return self.call("GET", path, session)
            except OSError:
                if self.process.poll() is not None:
                    raise
                time.sleep(0.005)
        raise RuntimeError("the site did not answer")

    @property
    def worker(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    def processor_ms(self) -> float:
        """Processor milliseconds of the worker so far."""
        nanoseconds = Path(f"/proc/{self.worker}/schedstat").read_text().split()[0]
        return int(nanoseconds) / 1e6

    def memory_bytes(self) -> float:
        """Proportional set size of the worker in bytes."""
        text = Path(f"/proc/{self.worker}/smaps_rollup").read_text()
        return 1024.0 * int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0])

    def has_loaded(self, library: str) -> bool:
        return library in Path(f"/proc/{self.worker}/maps").read_text()

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextlib.contextmanager
def web(
    environment: dict[str, str],
    workers: int = 1,
    core: int | None = None,
    app: str = "cfsite.wsgi",
) -> Iterator[Web]:
    site = Web(environment, workers, core, app)
    try:
        yield site
    finally:
        site.stop()


def site_environment(folder: str, database_url: str = "", **more: str) -> dict[str, str]:
    """Environment of a separate site: state in `folder`, SQLite unless a database is given."""
    Path(folder, "static").mkdir()
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {
        **kept,
        **({"DATABASE_URL": database_url} if database_url else {}),
        "REDIS_URL": "",
        "CFSITE_DATA_DIR": folder,
        "CFSITE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "cfsite.settings",
        "PYTHONPATH": str(ROOT),
        "OPENBLAS_NUM_THREADS": "1",
        **more,
    }


def run(environment: dict[str, str], *command: str, core: int | None = None) -> str:
    """The output of a Python program of the checkout, optionally pinned to one core."""
    pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=pin,
    )
    return done.stdout


def bare_session(environment: dict[str, str], session: str) -> str:
    """The key of a session of the same user that the bare page accepts."""
    return run(environment, "benchmarks/web/bare_session.py", session)
