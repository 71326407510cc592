"""More names for database servers, while a test runs."""

from __future__ import annotations

from django.db import connections


def reach(alias: str, port: int | str, **more: object) -> None:
    """Let the alias mean the test's database at this port.

    The test case lets tests use the default alone; this one connects all the same.
    """
    leave(alias)
    connections.settings[alias] = {**connections.settings["default"], "PORT": str(port), **more}
    theirs = connections[alias]

    def ensure_connection() -> None:
        if theirs.connection is None:
            with theirs.wrap_database_errors:
                theirs.connect()

    theirs.ensure_connection = ensure_connection


def leave(alias: str) -> None:
    if alias in connections.settings:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
