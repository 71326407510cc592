"""Real web processes over the test's database."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from movies.models.triggers import rating_counts
from tests.recommender.conftest import (  # noqa: F401
    even_fan,
    no_model_from_another_test,
    two_tastes,
)
from tests.servers import free_port
from tests.site import Site, eventually, running_site

API = "/api/v1"


@pytest.fixture
def db(transactional_db: None) -> None:
    """Whatever asks for a database here gets one that other processes see."""
    rating_counts.install(connection)


class Caller:
    """A person's browser or app, on connections of its own: each may reach another process."""

    def __init__(self, url: str, user: User | None = None) -> None:
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.headers = {}
        if user is not None:
            client = Client()
            client.force_login(user)
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            self.headers = {
                "Cookie": f"{settings.SESSION_COOKIE_NAME}={key}; csrftoken={'y' * 32}",
                "X-CSRFToken": "y" * 32,
            }

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        text = None if body is None else json.dumps(body)
        return self.send(method, path, text, {"Content-Type": "application/json", **self.headers})

    def send(
        self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any]:
        link = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            content = answer.read()
        finally:
            link.close()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.status, json.loads(content) if is_json and content else content

    def rate(self, movie_id: int, stars: float) -> int:
        return self.call("PUT", f"{API}/movies/{movie_id}/rating/", {"stars": stars})[0]

    def unrate(self, movie_id: int) -> int:
        return self.call("DELETE", f"{API}/movies/{movie_id}/rating/")[0]

    def recommendations(self, n: int = 24) -> dict[str, Any]:
        status, answer = self.call("GET", f"{API}/recommendations/?n={n}")
        assert status == 200, answer
        return answer


def start(site: Site, workers: int, application: str = "cfsite.wsgi") -> str:
    """Web processes that answer; their address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    site.environment["CFSITE_SITE_URL"] = url
    # Sync workers: each answers one request at a time. Loaded once and forked, which shares nothing
    # that changes later and spares a second of the processor for each.
    options = ("--bind", f"127.0.0.1:{port}", f"--workers={workers}", "--preload")
    site.start("gunicorn", application, *options)
    eventually(lambda: _answers(Caller(url)), seconds=120, what="an answer of the site")
    return url


def _answers(caller: Caller) -> bool:
    try:
        return caller.call("GET", f"{API}/")[0] == 200
    except OSError:
        return False


@pytest.fixture
def site(tmp_path: Path, db: None) -> Any:
    unlimited = {
        f"CFSITE_API_RATE_{who}": "99999/min"
        for who in ("ANONYMOUS", "ANONYMOUS_WRITES", "MEMBER", "MEMBER_WRITES")
    }
    (tmp_path / "static").mkdir()
    with running_site(tmp_path, REDIS_URL="", **unlimited) as site:
        yield site
