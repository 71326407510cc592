"""Sessions of apps live as long as they are used, and end when they are not."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Session, User
from tests.accounts.apps import App

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ME = "/api/v1/me/"


def test_one_that_is_used_now_and_then_never_ends(alice: User) -> None:
    app = App()
    with time_machine.travel(START, tick=False) as clock:
        assert app.log_in().status_code == 200
        for _ in range(4):
            clock.shift(timedelta(days=89))
            assert app.call("get", ME).status_code == 200


def test_one_that_is_not_used_ends_and_says_so(alice: User) -> None:
    app = App()
    with time_machine.travel(START, tick=False) as clock:
        app.log_in()
        clock.shift(timedelta(days=90, seconds=1))
        assert app.call("get", ME).status_code == 401
        assert app.call("get", "/api/v1/movies/").status_code == 401, "not as a stranger"
        assert app.call("get", "auth/session").status_code == 410


def test_its_end_is_written_once_a_day(alice: User) -> None:
    app = App()
    with time_machine.travel(START, tick=False) as clock:
        app.log_in()
        for hours, writes in ((1, 0), (22, 0), (2, 1), (1, 0), (22, 0), (2, 1)):
            clock.shift(timedelta(hours=hours))
            with CaptureQueriesContext(connection) as queries:
                app.call("get", ME)
            written = [one["sql"] for one in queries if one["sql"].startswith("UPDATE")]
            assert len(written) == writes, (hours, written)
        assert Session.objects.get().expire_date == datetime.now(UTC) + timedelta(days=90)


def test_allauths_own_calls_keep_it_alive_too(alice: User) -> None:
    app = App()
    with time_machine.travel(START, tick=False) as clock:
        app.log_in()
        for _ in range(2):
            clock.shift(timedelta(days=60))
            assert app.call("get", "auth/session").status_code == 200


def test_a_browsers_lives_for_two_weeks_after_its_last_use(alice: User) -> None:
    browser = Client()
    with time_machine.travel(START, tick=False) as clock:
        browser.force_login(alice)
        assert "sessionid" not in browser.get("/me/settings/").cookies
        for _ in range(3):
            clock.shift(timedelta(days=13))
            answer = browser.get("/me/settings/")
            assert answer.status_code == 200
            assert answer.cookies["sessionid"]["max-age"] == 14 * 86400
            assert answer.cookies["sessionid"]["httponly"]
        clock.shift(timedelta(days=15))
        assert browser.get("/me/settings/").status_code == 302


def test_a_browser_that_is_not_to_keep_it_gets_no_lasting_cookie(alice: User) -> None:
    browser = Client()
    with time_machine.travel(START, tick=False) as clock:
        browser.post("/accounts/login/", {"login": "alice", "password": "a good password 1"})
        clock.shift(timedelta(days=13))
        answer = browser.get("/me/settings/")
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies
        clock.shift(timedelta(days=13))
        assert browser.get("/me/settings/").status_code == 200


@pytest.mark.parametrize("header", ["X-Session-Token", "Authorization"])
@pytest.mark.parametrize("path", [ME, "/_allauth/app/v1/account/email"])
def test_the_token_goes_into_either_header(alice: User, header: str, path: str) -> None:
    app = App()
    app.log_in()
    value = f"Bearer {app.token}" if header == "Authorization" else app.token
    assert Client().get(path, headers={header: value}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Session-Token": ""},
        {"X-Session-Token": "nonsense"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer cfs_nonsense"},
        {"Authorization": "Bearer \udcff"},
        {"X-Session-Token": "cfs_" + "x" * 5000},
        {"Authorization": "Token nonsense"},
    ],
)
def test_a_wrong_credential_is_refused_also_where_none_is_needed(
    db: None, headers: dict[str, str]
) -> None:
    for path in (ME, "/api/v1/movies/"):
        answer = Client().get(path, headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_password_of_a_proxy_is_none_of_ours(db: None) -> None:
    headers = {"Authorization": "Basic c3RhZ2luZzpzZWNyZXQ="}
    assert Client().get("/api/v1/movies/", headers=headers).status_code == 200
