"""Where you're logged in, on the page and for apps."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.devices.devices import devices_of, name_of
from accounts.models import Session, User
from accounts.tasks import delete_expired_sessions
from tests.accounts.apps import PASSWORD, App

PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def browser(alice: User) -> Client:
    client = Client(headers={"User-Agent": FIREFOX})
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    return client


@pytest.fixture
def app(alice: User) -> App:
    app = App(**{"User-Agent": "films-ios/1.2 CFNetwork/1498"})
    app.log_in()
    return app


def test_browsers_and_apps_are_listed(browser: Client, app: App) -> None:
    page = browser.get(PAGE).content.decode()
    assert page.index("Firefox on Linux") < page.index("films-ios 1.2"), "this one first"
    assert page.count("this browser") == 1
    assert page.count('name="device"') == 1


def test_one_is_logged_out(browser: Client, app: App, alice: User) -> None:
    here, there = devices_of(alice, browser.session.session_key)
    assert browser.post(PAGE, {"device": there.id})["Location"] == PAGE
    assert app.call("get", "/api/v1/me/").status_code == 401
    browser.post(PAGE, {"device": here.id})
    assert browser.get(PAGE).status_code == 200, "this one is logged out by logging out"


def test_all_others_are_logged_out(browser: Client, app: App, alice: User) -> None:
    unknown = Client()
    unknown.force_login(alice)
    browser.post(PAGE)
    assert app.call("get", "/api/v1/me/").status_code == 401
    assert unknown.get("/me/settings/").status_code == 302
    assert browser.get(PAGE).status_code == 200


@pytest.mark.parametrize("junk", ["x", "-1", "²", "9" * 30, "0"])
def test_junk_logs_nobody_out(browser: Client, app: App, junk: str) -> None:
    assert browser.post(PAGE, {"device": junk}).status_code == 302
    assert app.call("get", "/api/v1/me/").status_code == 200


def test_nobody_elses_is_touched(bobs_client: Client, app: App, alice: User) -> None:
    (device,) = devices_of(alice, None)
    bobs_client.post(PAGE, {"device": device.id})
    bobs_client.post(PAGE)
    assert app.call("get", "/api/v1/me/").status_code == 200


def test_the_page_takes_as_many_queries_for_many(browser: Client, alice: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(PAGE)
        return len(captured)

    few = queries()
    for _ in range(5):
        App().log_in()
    assert queries() == few <= 8


def test_an_app_lists_and_ends_them(browser: Client, app: App) -> None:
    listed = app.call("get", "auth/sessions").json()["data"]
    (other,) = [one["id"] for one in listed if not one["is_current"]]
    answer = app.call("delete", "auth/sessions", {"sessions": [other]})
    assert len(answer.json()["data"]) == 1
    assert browser.get(PAGE).status_code == 302


def test_what_is_known_of_a_session_goes_with_it(app: App) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    delete_expired_sessions()
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("films-ios/1.2 CFNetwork/1498", "films-ios 1.2"),
        ("", "Unknown device"),
        ("(", "Unknown device"),
    ],
)
def test_devices_have_names(user_agent: str, name: str) -> None:
    assert name_of(user_agent) == name
