"""A shared cache with its default configuration gives nobody what is another's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from cfsite.lib.web import caching
from movies.models import Movie, Rating
from tests.servers import varnish

API = "/api/v1"
Answer = tuple[int, dict[str, str], str]

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture(scope="module")
def cache(live_server: LiveServer) -> Iterator[str]:
    with varnish(live_server.url.removeprefix("http://")) as url:
        yield url


@pytest.fixture
def get(cache: str, transactional_db: None) -> Callable[..., Answer]:
    def call(path: str, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(cache + path, headers=named)
        try:
            answer = urlopen(request, timeout=30)
        except OSError as error:
            answer = error
        with answer:
            return answer.status, dict(answer.headers), answer.read().decode(errors="replace")

    return call


@pytest.fixture
def tokens(transactional_db: None, make_user: Callable[..., User]) -> dict[str, str]:
    found = {}
    for name in ("carol", "david"):
        client = Client()
        client.force_login(make_user(name))
        found[name] = client.session.session_key  # what a login of an app gets
    return found


def is_hit(headers: dict[str, str]) -> bool:
    return " " in headers["X-Varnish"]  # the numbers of this request and of the one that fetched


def test_nothing_of_a_member_is_stored(get: Callable[..., Answer], tokens: dict[str, str]) -> None:
    token = tokens["carol"]
    for path in (f"{API}/me/", f"{API}/me/export/", f"{API}/movies/?q=secret", "/"):
        for named in ({"X_Session_Token": token}, {"Authorization": f"Bearer {token}"}):
            for _ in range(2):
                _, headers, _ = get(path, **named)
                assert not is_hit(headers)
                assert headers["Cache-Control"] == "private, no-store"
                vary = set(headers["Vary"].split(", "))
                assert {"X-Session-Token", "Authorization", "Cookie", "Accept-Language"} <= vary
        assert not is_hit(get(path)[1])


def test_members_and_strangers_get_their_own(
    get: Callable[..., Answer], tokens: dict[str, str]
) -> None:
    for _ in range(2):
        for name, token in tokens.items():
            status, _, body = get(f"{API}/me/", X_Session_Token=token)
            assert (status, json.loads(body)["username"]) == (200, name)
        assert get(f"{API}/me/")[0] == 401


def test_my_stars_on_a_movie_are_mine(
    get: Callable[..., Answer], tokens: dict[str, str], make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie()
    Rating.objects.rate(User.objects.get(username="carol"), movie, 4)
    asked = f"{API}/movies/{movie.pk}/"

    def my_rating(**headers: str) -> Any:
        return json.loads(get(asked, **headers)[2])["my_rating"]

    for _ in range(2):
        assert my_rating(X_Session_Token=tokens["carol"]) == 4
        assert my_rating(X_Session_Token=tokens["david"]) is None
        assert my_rating() is None


def test_pages_are_the_browsers_own(
    get: Callable[..., Answer], alices_client: Client, bobs_client: Client
) -> None:
    for _ in range(2):
        for name, client in (("alice", alices_client), ("bob", bobs_client)):
            cookie = f"sessionid={client.cookies['sessionid'].value}"
            status, headers, body = get("/me/settings/", Cookie=cookie)
            assert (status, f">{name}<" in body) == (200, True)
            assert headers["Cache-Control"] == "private, no-store"
        assert get("/me/settings/")[2].count(">alice<") == 0


def test_the_catalogue_is_served_from_the_cache(
    get: Callable[..., Answer], make_movie: Callable[..., Movie]
) -> None:
    make_movie("Alien", 1979)
    asked = f"{API}/movies/?q=alien"
    _, first, body = get(asked)
    _, second, again = get(asked)
    assert (is_hit(first), is_hit(second)) == (False, True)
    assert body == again
    assert first["Cache-Control"] == "public, max-age=60"
    assert get(asked, If_None_Match=first["ETag"])[0] == 304
    german = get(asked, Accept_Language="de")
    assert not is_hit(german[1]), "another language is another answer"


def test_without_the_header_the_cache_leaks(
    get: Callable[..., Answer], tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the tests above would notice."""

    def nothing(request: HttpRequest, response: HttpResponseBase) -> None:
        del response["Vary"]

    monkeypatch.setattr(caching, "declare", nothing)
    # By a name of its own, for of the other one Varnish remembers that nothing is to be stored.
    by_name = {"Host": "localhost"}
    names = [
        json.loads(get(f"{API}/me/", X_Session_Token=token, **by_name)[2])["username"]
        for token in tokens.values()
    ]
    assert names == ["carol", "carol"]
