"""People log in and sign up, and limits hold, while Redis is stopped, hung or killed."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis as redis_client
from django.core.cache import cache
from django.test import Client, override_settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.models import User
from cfsite.lib.queue import redis_client as circuit
from tests import servers

pytestmark = [pytest.mark.redis]

PASSWORD = "a good password 1"


@pytest.fixture(scope="module", params=["stopped", "hung", "killed"])
def redis_away(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a Redis that has just gone away."""
    with servers.redis() as url:
        connection = redis_client.Redis.from_url(url)
        process = connection.info("server")["process_id"]
        fault = {"stopped": signal.SIGTERM, "hung": signal.SIGSTOP, "killed": signal.SIGKILL}
        os.kill(process, fault[request.param])
        try:
            yield url
        finally:
            if request.param == "hung":
                os.kill(process, signal.SIGCONT)


@pytest.fixture(autouse=True)
def site_with_redis(redis_away: str, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(circuit, "circuit_breaker", circuit.CircuitBreaker())
    cache.clear()
    with override_settings(CACHES=caches_of_a_site(redis_away), REDIS_URL=redis_away):
        yield


@functools.cache
def caches_of_a_site(redis_url: str) -> dict[str, Any]:
    """CACHES as the settings make them with REDIS_URL, except for what JSON cannot carry."""
    script = (
        "import json; from cfsite.settings import CACHES; print(json.dumps(CACHES, default=repr))"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "REDIS_URL": redis_url, "CFSITE_DATA_DIR": folder}
        command = [sys.executable, "-c", script]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    caches = json.loads(found.stdout)
    caches["limits"]["OPTIONS"]["CONNECTION_POOL_KWARGS"] = {"retry": Retry(NoBackoff(), 0)}
    return caches


def log_in(name: str, password: str = PASSWORD, client: Client | None = None) -> bool:
    data = {"login": name, "password": password}
    return (client or Client()).post("/accounts/login/", data).status_code == 302


def test_members_and_the_operator_log_in(alice: User, staff: User) -> None:
    assert log_in("alice")
    client = Client()
    assert log_in("staff", client=client)
    assert client.get("/admin/").status_code == 200


def test_apps_log_in(alice: User) -> None:
    body = {"username": "alice", "password": PASSWORD}
    answer = Client().post("/_allauth/app/v1/auth/login", body, content_type="application/json")
    assert answer.status_code == 200
    token = answer.json()["meta"]["session_token"]
    assert Client().get("/api/v1/me/", headers={"x-session-token": token}).status_code == 200


def test_people_sign_up() -> None:
    data = {"username": "carol", "email": "carol@example.org", "password1": "mauve-teapot-77"}
    assert Client().post("/accounts/signup/", data).status_code == 302
    assert User.objects.get().username == "carol"


def test_limits_are_counted_all_the_same(make_user: Callable[..., User]) -> None:
    make_user("alice")
    assert [log_in("alice", "wrong") for _ in range(6)] == [False] * 6
    assert not log_in("alice"), "the right password comes too late"


def test_readyz_says_so_and_the_site_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
