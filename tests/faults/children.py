"""Processes that may be killed while they do what the site's processes do.

They are forked from a server that has loaded the site and the kernels of the fit once, and has
neither threads nor connections. What they run must be a function of a module.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

from django.conf import settings
from django.db import connection

PATIENCE = 180  # seconds, for a machine that is busy; nothing waits this long if all is well

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.faults.loaded_site"])


def start(function: Callable[..., Any], *arguments: Any) -> BaseProcess:
    process = _context.Process(target=_run, args=(_database(), None, None, function, arguments))
    process.start()
    return process


def ended(process: BaseProcess) -> int:
    """Waits for its end; minus the signal if one has killed it."""
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError("a child did not end")
    return process.exitcode


def at_once(n: int, function: Callable[..., Any], *arguments: Any) -> list[Any]:
    """What `function(number, *arguments)` returns in n children that start together."""
    results, together = _context.SimpleQueue(), _context.Barrier(n)
    processes = [
        _context.Process(
            target=_run, args=(_database(), results, together, function, (number, *arguments))
        )
        for number in range(n)
    ]
    for process in processes:
        process.start()
    with _all_killed(processes):
        # Small ones: they fit into the pipe, so no child waits for a reader.
        codes = [ended(process) for process in processes]
        assert codes == [0] * n, "a child ended with an error"
        return [results.get() for _ in processes]


def result_of(function: Callable[..., Any], *arguments: Any) -> Any:
    results = _context.SimpleQueue()
    process = _context.Process(target=_run, args=(_database(), results, None, function, arguments))
    process.start()
    with _all_killed([process]):
        assert ended(process) == 0, "the child ended with an error"
        return results.get()


def barrier(n: int) -> Any:
    return _context.Barrier(n)


def event() -> Any:
    return _context.Event()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _database() -> dict[str, Any]:
    database = connection.settings_dict
    return {name: database[name] for name in ("NAME", "HOST", "PORT", "USER")}


def _run(
    database: dict[str, Any],
    results: Any,
    together: Any,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:
    settings.DATABASES["default"].update(database)
    connection.settings_dict.update(database)
    if together is not None:
        together.wait(PATIENCE)
    result = function(*arguments)
    if results is not None:
        results.put(result)
    connection.close()


@contextmanager
def _all_killed(processes: list[BaseProcess]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            if process.is_alive():
                process.kill()
            process.join()
