"""/metrics: for the token and for staff."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cfsite.operations import heartbeats
from cfsite.operations.metrics import requests as request_metrics
from movies.models import Movie, Rating

pytestmark = pytest.mark.django_db

TOKEN = "a-token-for-prometheus"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def counted(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A histogram of its own; prometheus_client chooses its kind of files once in a process."""
    from prometheus_client import Histogram

    settings.METRICS_TOKEN = TOKEN
    own = Histogram("test_seconds", "test", ["status"], registry=None)
    monkeypatch.setattr(request_metrics, "_histogram", lambda: own)
    monkeypatch.setattr(request_metrics, "add_to", lambda registry: registry.register(own))
    return own


def test_it_works(client: Client, counted: Any) -> None:
    heartbeats.beat(["worker"])
    answer = client.get("/metrics", headers=bearer(TOKEN))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert "no-store" in answer["Cache-Control"]
    lines = answer.content.decode().splitlines()
    assert 'cfsite_process_up{process="worker"} 1.0' in lines
    assert 'cfsite_process_up{process="beat"} 0.0' in lines
    assert 'cfsite_waiting{of="refits"} 0.0' in lines
    assert "cfsite_alerts_open 0.0" in lines
    assert any(line.startswith("cfsite_disk_free_bytes ") for line in lines)


def test_it_is_for_the_token_and_for_staff(
    client: Client, alices_client: Client, staff_client: Client, counted: Any
) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers=bearer("another-token-of-16")).status_code == 404
    assert client.get("/metrics", headers=bearer("")).status_code == 404
    assert alices_client.get("/metrics").status_code == 404
    assert staff_client.get("/metrics").status_code == 200
    assert client.post("/metrics", headers=bearer(TOKEN)).status_code == 405


def test_without_a_token_no_token_opens_it(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers=bearer("")).status_code == 404


def test_it_counts_ratings(staff_client: Client, alice: Any, make_movie: Any) -> None:
    Rating.objects.rate(alice, make_movie(), 4)
    assert Movie.objects.get().n_ratings == 1
    assert "cfsite_ratings 1.0" in staff_client.get("/metrics").content.decode().splitlines()


def test_requests_are_counted_by_class_of_status(client: Client, counted: Any) -> None:
    client.get("/healthz")
    client.get("/nowhere/")
    counts = {
        sample.labels["status"]: sample.value
        for sample in next(iter(counted.collect())).samples
        if sample.name.endswith("_count")
    }
    assert counts == {"2xx": 1.0, "4xx": 1.0}


def test_files_of_a_run_before_are_forgotten_and_those_of_living_processes_kept(
    tmp_path: Path,
) -> None:
    stopped = tmp_path / "histogram_999999999.db"
    stopped.touch()
    living = tmp_path / "histogram_1.db"
    living.touch()
    request_metrics._forget_stopped_processes(tmp_path)
    assert stopped.exists(), "sums must not fall while the site runs"
    living.unlink()
    request_metrics._forget_stopped_processes(tmp_path)
    assert not stopped.exists()
