"""Absolute links follow CFSITE_SITE_URL, never the host of the request; unknown hosts get a 400."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from movies.models import Movie

SITE = "https://films.example.org"
TUNNEL = "films.tailnet.ts.net"


@pytest.fixture(autouse=True)
def two_addresses(settings: Any) -> None:
    settings.SITE_URL = settings.SITE_ORIGIN = SITE
    settings.ALLOWED_HOSTS = ["films.example.org", TUNNEL]


def test_the_api_links_to_the_site(alices_client: Client, make_movie: Callable[..., Movie]) -> None:
    for number in range(3):
        make_movie(f"Movie {number}")
    answer = alices_client.get(
        "/api/v1/movies/?page_size=1", headers={"host": TUNNEL}, secure=True
    ).json()
    assert answer["next"].startswith(f"{SITE}/api/v1/movies/?")
    assert answer["results"][0]["url"].startswith(f"{SITE}/movies/")


def test_mails_link_to_the_site(client: Client, alice: User) -> None:
    form = {"email": alice.email}
    client.post("/accounts/password/reset/", form, headers={"host": TUNNEL}, secure=True)
    assert f"{SITE}/accounts/password/reset/key/" in mail.outbox[0].body
    assert TUNNEL not in mail.outbox[0].body


def test_a_forwarded_host_changes_nothing(client: Client, alice: User) -> None:
    headers = {"host": "films.example.org", "x-forwarded-host": "evil.example"}
    client.post("/accounts/password/reset/", {"email": alice.email}, headers=headers)
    assert "evil.example" not in mail.outbox[0].body


def test_relative_and_outside_addresses(rf: Any) -> None:
    from cfsite.lib.web.links import follow_the_site_address

    request = rf.get("/movies/?q=a", headers={"host": TUNNEL})
    follow_the_site_address(lambda request: None)(request)
    assert request.build_absolute_uri() == f"{SITE}/movies/?q=a"
    assert request.build_absolute_uri("/é/") == f"{SITE}/%C3%A9/"
    assert request.build_absolute_uri("?page=2") == f"{SITE}/movies/?page=2"
    assert request.build_absolute_uri("https://b.example/x") == "https://b.example/x"


@pytest.mark.parametrize("path", ["/", "/movies/", "/nope", "/admin/", "/accounts/login/"])
def test_an_unknown_host_gets_a_page_that_says_so(db: None, path: str) -> None:
    answer = Client(raise_request_exception=False).get(path, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")


def test_an_unknown_host_of_the_api_gets_json(db: None) -> None:
    answer = Client(raise_request_exception=False).get(
        "/api/v1/movies/", headers={"host": "evil.example"}
    )
    assert answer.status_code == 400
    assert "json" in answer["Content-Type"]
