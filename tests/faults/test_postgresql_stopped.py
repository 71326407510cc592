"""PostgreSQL stopped at once, as by a power cut, while people rate."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.faults import stoppable
from tests.faults.counts import report, times
from tests.faults.writers import Writer, writing
from tests.site import ROOT, eventually, running_site
from tests.web_processes.conftest import Caller, start

WRITERS = 3
UNLIMITED = {f"CFSITE_API_RATE_{who}": "99999/min" for who in ("MEMBER", "MEMBER_WRITES")}
PATIENCE = 120


@dataclass
class SiteOnPostgresql:
    server: stoppable.PostgreSQL
    url: str
    sessions: list[str]
    people: list[int]
    movies: list[int]

    def callers(self) -> list[Caller]:
        callers = []
        for key in self.sessions:
            caller = Caller(self.url)
            caller.headers = {
                "Cookie": f"{settings.SESSION_COOKIE_NAME}={key}; csrftoken={'y' * 32}",
                "X-CSRFToken": "y" * 32,
            }
            callers.append(caller)
        return callers

    def lost(self, writers: list[Writer]) -> list[int]:
        with psycopg.connect(self.server.url) as link:
            rows = link.execute("SELECT user_id, movie_id, half_stars FROM movies_rating")
            stored: dict[int, dict[int, int]] = {user: {} for user in self.people}
            for user, movie, half_stars in rows:
                stored[user][movie] = half_stars
        pairs = zip(writers, self.people, strict=True)
        return [movie for writer, user in pairs for movie in writer.lost(stored[user])]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteOnPostgresql]:
    if connection.vendor == "postgresql":
        pytest.skip("has a PostgreSQL of its own, and ran with the tests on SQLite")
    folder = tmp_path_factory.mktemp("site")
    (folder / "static").mkdir()
    with stoppable.postgresql() as server:
        named = {"DATABASE_URL": server.url, "REDIS_URL": ""}
        with running_site(folder, **named, **UNLIMITED) as processes:
            made = subprocess.run(
                [sys.executable, "-m", "tests.faults.people", str(WRITERS)],
                cwd=ROOT,
                env={**os.environ, **processes.environment},
                check=True,
                capture_output=True,
                text=True,
            )
            filled = json.loads(made.stdout.splitlines()[-1])
            yield SiteOnPostgresql(server, start(processes, workers=2), **filled)


def stopped_and_started(site: SiteOnPostgresql) -> list[Writer]:
    """The server stops without a goodbye while ratings come, and starts again."""
    with writing(site.callers(), site.movies) as writers:
        eventually(lambda: all(w.n_stored > 10 for w in writers), PATIENCE, "ratings")
        site.server.end(signal.SIGQUIT)  # "immediate": nothing more is written
        eventually(lambda: all(w.statuses[503] > 1 for w in writers), PATIENCE, "503")
        assert Caller(site.url).call("GET", "/readyz")[0] == 503
    site.server.start()
    return writers


def test_every_acknowledged_rating_is_there(site: SiteOnPostgresql) -> None:
    rounds, statuses = times(2, 20), Counter()
    for _ in range(rounds):
        writers = stopped_and_started(site)
        assert site.lost(writers) == []
        statuses += sum((writer.statuses for writer in writers), Counter())
        # Without a restart of the web processes.
        for caller in site.callers():
            eventually(lambda c=caller: c.rate(site.movies[0], 3) in {200, 201}, PATIENCE)
    assert set(statuses) == {200, 201, 503}, "no connection refused, no 500"
    stored = statuses[200] + statuses[201]
    report(f"{rounds} stops: {stored} ratings acknowledged, 0 lost, {statuses[503]} answers 503")


def test_without_waiting_for_the_log_ratings_are_lost(site: SiteOnPostgresql) -> None:
    """The control: a server that acknowledges a commit before it has written it."""
    site.server.end(signal.SIGINT)
    site.server.command += stoppable.as_options(stoppable.FORGETFUL)
    site.server.start()
    eventually(lambda: site.callers()[0].rate(site.movies[0], 3) in {200, 201}, PATIENCE)
    assert site.lost(stopped_and_started(site))
