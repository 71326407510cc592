"""Apps get codes by mail, browsers get links."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.accounts.apps import PASSWORD, App

NEW = "another password 2"


def code_in_mail() -> str:
    found = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{2,4})\s*$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    assert "http" not in mail.outbox[-1].body
    return found[1]


def reset(app: App, code: str) -> int:
    body = {"key": code, "password": NEW}
    return app.call("post", "auth/password/reset", body).status_code


def test_a_new_account_confirms_its_address_with_a_code(db: None) -> None:
    app = App()
    body = {"username": "dora", "email": "dora@example.org", "password": PASSWORD}
    assert app.call("post", "auth/signup", body).status_code == 200
    answer = app.call("post", "auth/email/verify", {"key": code_in_mail()})
    assert answer.status_code == 200, answer.content
    (address,) = app.call("get", "account/email").json()["data"]
    assert address == {"email": "dora@example.org", "verified": True, "primary": True}


def test_a_wrong_code_confirms_nothing(db: None) -> None:
    app = App()
    body = {"username": "dora", "email": "dora@example.org", "password": PASSWORD}
    app.call("post", "auth/signup", body)
    right = code_in_mail()
    for _ in range(3):
        assert app.call("post", "auth/email/verify", {"key": "ABCD-EF"}).status_code == 400
    assert app.call("post", "auth/email/verify", {"key": right}).status_code == 409
    assert not User.objects.get(username="dora").emailaddress_set.get().verified


def test_a_forgotten_password_is_reset_with_a_code(alice: User) -> None:
    app = App()
    answer = app.call("post", "auth/password/request", {"email": alice.email})
    assert answer.status_code == 401, "nobody is logged in yet"
    pending = {flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")}
    assert pending == {"password_reset_by_code"}
    assert reset(app, code_in_mail()) == 401
    assert App().log_in(password=NEW).status_code == 200


def test_a_code_holds_for_fifteen_minutes_and_three_tries(alice: User) -> None:
    late, wrong = App(), App()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late.call("post", "auth/password/request", {"email": alice.email})
        code = code_in_mail()
        clock.shift(timedelta(minutes=15, seconds=1))
        assert reset(late, code) == 409
    wrong.call("post", "auth/password/request", {"email": alice.email})
    code = code_in_mail()
    for _ in range(3):
        assert reset(wrong, "ABCD-EF") == 400
    assert reset(wrong, code) == 409
    assert App().log_in(password=NEW).status_code == 400


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_it_does_not_tell_who_has_an_account(alice: User, email: str) -> None:
    answer = App().call("post", "auth/password/request", {"email": email})
    assert answer.status_code == 401
    assert {flow["id"] for flow in answer.json()["data"]["flows"]} >= {"password_reset_by_code"}


def test_a_browser_gets_a_link(alice: User) -> None:
    Client().post("/accounts/password/reset/", {"email": alice.email})
    assert "/accounts/password/reset/key/" in mail.outbox[-1].body


def test_an_address_is_changed_with_a_code(alice: User) -> None:
    app = App()
    app.log_in()
    app.confirm()
    answer = app.call("post", "account/email", {"email": "new@example.org"})
    assert answer.status_code == 200, answer.content
    assert app.call("post", "auth/email/verify", {"key": code_in_mail()}).status_code == 200
    body = {"email": "new@example.org", "primary": True}
    assert app.call("patch", "account/email", body).status_code == 200
    alice.refresh_from_db()
    assert alice.email == "new@example.org"


def test_config_tells_apps_what_they_can_do(db: None) -> None:
    config = App().call("get", "config").json()["data"]
    assert config["account"]["password_reset_by_code_enabled"] is True
    assert config["account"]["email_verification_by_code_enabled"] is True
    assert config["mfa"]["passkey_login_enabled"] is True
