"""What an access token opens, and what it never does."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessToken, User, create_token
from movies.models import Movie, Rating
from tests.api.problems import code

API = "/api/v1"


def client_with(secret: str) -> Client:
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def reader(alice: User) -> Client:
    return client_with(create_token(alice, "Reader", "read")[1])


@pytest.fixture
def writer(alice: User) -> Client:
    return client_with(create_token(alice, "Writer", "write")[1])


def test_one_that_reads_does_not_write(reader: Client, make_movie: Callable[..., Movie]) -> None:
    url = f"{API}/movies/{make_movie().pk}/rating/"
    assert reader.get(f"{API}/ratings/").status_code == 200
    assert reader.options(f"{API}/ratings/").status_code == 200
    for method in ("put", "delete", "patch", "post"):
        answer = getattr(reader, method)(url, {"stars": 4}, content_type="application/json")
        assert answer.status_code == 403
        assert code(answer) == "insufficient_scope"
    assert not Rating.objects.exists()


def test_a_post_that_changes_nothing_is_for_readers_too(reader: Client) -> None:
    body = {"ratings": []}
    answer = reader.post(f"{API}/predict/", body, content_type="application/json")
    assert answer.status_code != 403


def test_one_that_writes_does_both(writer: Client, make_movie: Callable[..., Movie]) -> None:
    url = f"{API}/movies/{make_movie().pk}/rating/"
    assert writer.put(url, {"stars": 4}, content_type="application/json").status_code == 201
    assert writer.get(url).json()["stars"] == 4


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "me/tokens/"),
        ("delete", "me/tokens/1/"),
        ("get", "me/export/"),
        ("post", "me/export/"),
        ("post", "me/erase/"),
    ],
)
def test_none_touches_the_account_itself(writer: Client, method: str, path: str) -> None:
    answer = getattr(writer, method)(f"{API}/{path}", {}, content_type="application/json")
    assert answer.status_code == 403
    assert code(answer) == "session_required"


@pytest.mark.parametrize(
    "path", ["account/email", "account/authenticators", "auth/sessions", "auth/session"]
)
def test_none_opens_what_sessions_do(writer: Client, path: str) -> None:
    assert writer.get(f"/_allauth/app/v1/{path}").status_code == 410


def test_none_opens_a_page(writer: Client) -> None:
    assert writer.get("/me/settings/").status_code == 302


def test_it_expires(alice: User) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        secret = create_token(alice, "Script", "read", start + timedelta(days=30))[1]
        clock.shift(timedelta(days=30, seconds=-1))
        assert client_with(secret).get(f"{API}/me/").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert code(client_with(secret).get(f"{API}/movies/")) == "invalid_token"


def test_it_ends_with_the_account(alice: User, reader: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert reader.get(f"{API}/me/").status_code == 401
    User.objects.filter(pk=alice.pk).delete()
    assert not AccessToken.objects.exists()


def test_the_day_of_its_use_is_written_once(alice: User) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as clock:
        client = client_with(create_token(alice, "Script", "read")[1])
        for n_writes in (1, 0):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"{API}/me/")
            assert sum(q["sql"].startswith("UPDATE") for q in queries) == n_writes
        assert AccessToken.objects.get().last_used_on == date(2026, 3, 1)
        clock.shift(timedelta(days=1))
        client.get(f"{API}/me/")
        assert AccessToken.objects.get().last_used_on == date(2026, 3, 2)


def test_the_api_lists_and_revokes(alices_client: Client, bobs_client: Client, alice: User) -> None:
    token, _ = create_token(alice, "Script", "write")
    (shown,) = alices_client.get(f"{API}/me/tokens/").json()["results"]
    assert shown["scopes"] == ["read", "write"]
    assert (shown["name"], shown["expires_at"], shown["last_used_on"]) == ("Script", None, None)
    assert set(shown) == {"id", "name", "scopes", "created_at", "expires_at", "last_used_on"}
    url = f"{API}/me/tokens/{token.pk}/"
    assert bobs_client.delete(url).status_code == 404
    assert [alices_client.delete(url).status_code for _ in range(2)] == [204, 204]
    assert not AccessToken.objects.exists()
