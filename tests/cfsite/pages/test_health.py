"""The health checks of load balancers."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from cfsite.operations import heartbeats
from cfsite.operations.models import Heartbeat
from cfsite.pages import health
from recommender.models import TrainingRun
from tests.servers import free_port
from tests.site import eventually, running_site
from tests.web_processes.conftest import Caller


def test_it_works(client: Client, db: None) -> None:
    heartbeats.beat(heartbeats.needed())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = answer.json()
    assert told["status"] == "ok"
    names = ("database", "migrations", "worker", "worker:fits", "beat", "disk", "writes", "mail")
    assert told["checks"] == dict.fromkeys(names, "ok")
    assert told["model"]["run"] is None
    assert answer["Cache-Control"] == "no-store"


def test_worker_and_beat_away_are_told_and_stop_nothing(client: Client, db: None) -> None:
    heartbeats.beat(heartbeats.needed())
    Heartbeat.objects.filter(name="worker").update(at=timezone.now() - timedelta(hours=5))
    Heartbeat.objects.filter(name="beat").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"]["worker"] == "silent for 5 hours"
    assert answer.json()["checks"]["beat"] == "never seen"


def test_it_tells_of_the_model(client: Client, db: None) -> None:
    then = timezone.now() - timedelta(hours=2)
    served = TrainingRun.objects.create(state="ready", is_active=True, finished_at=then)
    failed = TrainingRun.objects.create(state="failed", finished_at=timezone.now())
    model = client.get("/readyz").json()["model"]
    assert model["run"] == served.pk
    assert 7200 <= model["age_seconds"] < 7300
    assert (model["last_refit"]["run"], model["last_refit"]["state"]) == (failed.pk, "failed")


def test_the_process_lives_without_anything_else(client: Client, database_away: None) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_without_a_database_it_is_not_ready(client: Client, database_away: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "no answer"
    assert "secret" not in answer.content.decode()


def test_a_missing_migration_is_told(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = {**health._migrations_of_the_code(), ("movies", "9999_of_tomorrow"): frozenset()}
    monkeypatch.setattr(health, "_migrations_of_the_code", lambda: needed)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unready",
        "checks": {"database": "ok", "migrations": "1 missing"},
    }


def test_redis_away_is_told_and_stops_nothing(
    client: Client, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://:secret@redis/0"
    assert client.get("/readyz").json()["checks"]["redis"] == "ok", "this cache answers"
    monkeypatch.setattr(caches["limits"], "get", lambda key: None)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"]["redis"] == "no answer"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
class TestWhoeverAsks:
    def test_is_answered_by_address_and_without_https(
        self, client: Client, db: None, settings: Any, path: str
    ) -> None:
        settings.SECURE_SSL_REDIRECT = True
        client = Client()  # the middleware reads the setting when it is made
        assert client.get(path, headers={"host": "10.0.0.7:8000"}).status_code == 200

    def test_is_answered_while_the_site_is_closed(
        self, client: Client, db: None, settings: Any, path: str
    ) -> None:
        settings.MAINTENANCE = True
        assert client.get(path).status_code == 200

    def test_only_reads(self, client: Client, db: None, path: str) -> None:
        assert client.head(path).status_code == 200
        assert client.post(path).status_code == 405


@pytest.mark.slow
def test_a_site_whose_database_is_away(tmp_path: Path) -> None:
    """Real processes, and a database that nobody runs."""
    (tmp_path / "static").mkdir()
    nowhere = f"postgres://cfsite@127.0.0.1:{free_port()}/cfsite"
    with running_site(tmp_path, DATABASE_URL=nowhere, REDIS_URL="") as site:
        port = free_port()
        site.web(port)
        caller = Caller(f"http://127.0.0.1:{port}")

        def is_up() -> bool:
            try:
                return caller.call("GET", "/healthz")[0] == 200
            except OSError:
                return False

        eventually(is_up, what="a living process")
        assert caller.call("GET", "/readyz")[0] == 503
        caller.headers = {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}
        status, page = caller.call("GET", "/me/ratings/")
        assert status == 503
        assert b"can't reach its database" in page
        (tmp_path / "maintenance").touch()
        status, page = caller.call("GET", "/me/ratings/")
        assert status == 503
        assert b"working on the site" in page
