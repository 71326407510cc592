"""Who gets in, by which door, and how often."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from cfsite.lib.api.throttling import WindowThrottle, network
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from tests.api.conftest import API
from tests.api.problems import code

APP = "/_allauth/app/v1"
JSON = "application/json"


def sign_up(client: Client, username: str) -> dict[str, str]:
    """The headers with which this new account calls."""
    body = {
        "username": username,
        "email": f"{username}@example.org",
        "password": "a good password 1",
    }
    response = client.post(f"{APP}/auth/signup", body, content_type=JSON)
    assert response.status_code == 200, response.content
    return {"X-Session-Token": response.json()["meta"]["session_token"]}


def test_an_app_signs_up_rates_and_gets_recommendations(
    fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    token = sign_up(Client(), "carol")
    app = Client(enforce_csrf_checks=True)  # no cookie, no CSRF token
    assert app.get(f"{API}/me/", headers=token).json()["username"] == "carol"
    assert app.get(f"{API}/recommendations/", headers=token).json()["source"] == "popular"
    for number in (0, 2, 4):
        url = f"{API}/movies/{two_tastes[number].pk}/rating/"
        assert app.put(url, {"stars": 5}, content_type=JSON, headers=token).status_code == 201
    answer = app.get(f"{API}/recommendations/?n=5", headers=token).json()
    assert answer["source"] == "personal"
    assert len(answer["results"]) == 5

    assert app.delete(f"{APP}/auth/session", headers=token).status_code == 401
    assert app.get(f"{API}/me/", headers=token).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "\x00", "é", "a" * 5000, "' OR 1=1 --"])
def test_a_wrong_token_is_nobody(db: None, token: str) -> None:
    response = Client().get(f"{API}/me/", headers={"X-Session-Token": token})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("key", ["x", r'"aaaaaaaa\000"', "é" * 10, "A" * 32, "a" * 5000])
def test_a_wrong_session_cookie_is_nobody(db: None, key: str) -> None:
    response = Client(headers={"Cookie": f"sessionid={key}"}).get("/")
    assert response.status_code == 200
    assert not response.context["user"].is_authenticated


def test_a_session_needs_its_csrf_token(alice: User, make_movie: Callable[..., Movie]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    movie = make_movie()
    Rating.objects.rate(alice, movie, 3)
    urls = (f"{API}/movies/{movie.pk}/rating/", f"{API}/movies/{movie.pk}/marks/seen/")
    for url in urls:
        for answer in (
            client.put(url, {"stars": 1}, content_type=JSON),
            client.delete(url),
            client.put(url, {"stars": 1}, content_type=JSON, headers={"X-CSRFToken": "x" * 32}),
        ):
            assert answer.status_code == 403
            assert "CSRF" in answer.json()["detail"]
    assert Rating.objects.get().half_stars == 6

    client.cookies["csrftoken"] = "y" * 32
    allowed = client.put(
        urls[0], {"stars": 1}, content_type=JSON, headers={"X-CSRFToken": "y" * 32}
    )
    assert allowed.status_code == 200


@pytest.fixture
def few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {"visitor_reads": "3/min", "visitor_writes": "1/min"}
    rates |= {"member_reads": "5/min", "member_writes": "2/min"}
    monkeypatch.setattr(WindowThrottle, "THROTTLE_RATES", rates)
    # In the middle of a window, where it stays however slow the machine is.
    monkeypatch.setattr(WindowThrottle, "timer", staticmethod(lambda: 60_000_015.0))


def statuses(client: Client, times: int, **extra: Any) -> list[int]:
    return [client.get(f"{API}/movies/", **extra).status_code for _ in range(times)]


def test_visitors_and_members_are_limited_apart(
    few_requests: None, client: Client, alices_client: Client, bobs_client: Client
) -> None:
    assert statuses(client, 4) == [200, 200, 200, 429]
    assert statuses(alices_client, 6) == [200] * 5 + [429]
    assert statuses(bobs_client, 1) == [200]
    refused = client.get(f"{API}/movies/")
    assert refused["Retry-After"] == "45"
    assert code(refused) == "throttled"


def test_every_answer_says_what_is_left(
    few_requests: None, client: Client, alices_client: Client
) -> None:
    def told(answer: HttpResponse) -> list[str]:
        return [answer[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")]

    for left in ("2", "1", "0", "0"):
        assert told(client.get(f"{API}/movies/")) == ["3", left, "46"]
    assert told(alices_client.get(f"{API}/movies/999/")) == ["5", "4", "46"], "404 counts too"
    assert told(alices_client.patch(f"{API}/me/", {}, content_type=JSON)) == ["2", "1", "46"]


def test_writes_are_counted_apart_from_reads(
    few_requests: None, alices_client: Client, make_movie: Callable[..., Movie]
) -> None:
    url = f"{API}/movies/{make_movie().pk}/marks/watchlist/"
    assert [alices_client.put(url).status_code for _ in range(3)] == [201, 200, 429]
    assert statuses(alices_client, 6) == [200] * 5 + [429]


def test_the_next_window_begins_at_nothing(
    few_requests: None, client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert statuses(client, 4)[-1] == 429
    monkeypatch.setattr(WindowThrottle, "timer", staticmethod(lambda: 60_000_060.0))
    assert statuses(client, 1) == [200]


def test_schema_and_docs_do_not_count(few_requests: None, client: Client, db: None) -> None:
    for path in ("docs/", "schema/"):
        answers = [client.head(f"{API}/{path}") for _ in range(4)]
        assert {answer.status_code for answer in answers} == {200}
        assert "RateLimit-Limit" not in answers[0]


def test_a_household_has_one_ipv6_network() -> None:
    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")
    assert (network("192.0.2.7"), network("unknown")) == ("192.0.2.7", "unknown")


def test_a_made_up_address_does_not_slip_under_the_limit(
    few_requests: None, client: Client, db: None
) -> None:
    answers = [
        client.get(f"{API}/movies/", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(5)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("path", ["", "nothing", "nothing/", "movies", "movies/1/rating", "%00/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_every_answer_is_json(alices_client: Client, db: None, path: str, method: str) -> None:
    response = getattr(alices_client, method)(f"{API}/{path}")
    if response.status_code == 200:
        assert (path, response["Content-Type"]) == ("", JSON)
    else:
        assert code(response) == ("not_found" if path else "method_not_allowed")
