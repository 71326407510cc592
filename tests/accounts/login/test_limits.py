"""Whoever tries too often is told so, and for how long."""

from django.test import Client

from accounts.models import User
from tests.accounts.apps import App


def test_guessing_a_password_is_429_for_apps(alice: User) -> None:
    app = App()
    statuses = [app.log_in(password=f"guess {number}").status_code for number in range(6)]
    assert statuses == [400] * 5 + [429]
    answer = app.log_in()  # the right one, too late
    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    assert answer.json()["status"] == 429
    assert answer.json()["errors"][0]["code"] == "too_many_login_attempts"


def test_other_limits_say_how_long_to_wait_too(alice: User) -> None:
    app = App()
    for _ in range(6):
        answer = app.call("post", "auth/password/request", {"email": alice.email})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert answer.json() == {"status": 429}


def test_so_do_pages(alice: User, client: Client) -> None:
    for _ in range(6):
        answer = client.post("/accounts/password/reset/", {"email": alice.email})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
