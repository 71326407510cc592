"""Whoever knew a session before somebody logged in with it is not logged in by that."""

from __future__ import annotations

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.accounts.apps import PASSWORD, App

ME = "/api/v1/me/"
FORM = {"login": "alice", "password": PASSWORD}


@pytest.fixture
def code(alice: User) -> str:
    """A recovery code of a member with two-step login."""
    alice.emailaddress_set.create(email=alice.email, verified=True, primary=True)
    TOTP.activate(alice, generate_totp_secret())
    return RecoveryCodes.activate(alice).get_unused_codes()[0]


def key_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def browser_with(key: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def is_logged_in(client: Client) -> bool:
    return client.get("/me/settings/").status_code == 200


def test_a_login_takes_another_session(alice: User) -> None:
    planted = Client()
    planted.force_login(User.objects.create_user("mallory"))
    planted.logout()
    session = planted.session
    session["known"] = True
    session.save()
    victim = browser_with(session.session_key)
    assert victim.post("/accounts/login/", FORM)["Location"] == "/"
    assert is_logged_in(victim)
    assert key_of(victim) != session.session_key
    assert not is_logged_in(browser_with(session.session_key))


def test_a_name_nobody_gave_out_is_not_taken(alice: User) -> None:
    victim = browser_with("a" * 32)
    victim.post("/accounts/login/", FORM)
    assert is_logged_in(victim)
    assert not is_logged_in(browser_with("a" * 32))


def test_nor_is_the_session_of_the_first_step(code: str) -> None:
    victim = Client()
    answer = victim.post("/accounts/login/", FORM)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    half = key_of(victim)
    assert not is_logged_in(browser_with(half))
    assert victim.post(answer["Location"], {"code": code})["Location"] == "/"
    assert is_logged_in(victim)
    assert not is_logged_in(browser_with(half))


def test_nor_is_the_token_of_an_apps_first_step(code: str) -> None:
    app = App()
    assert app.log_in().status_code == 401
    half = app.token
    assert half
    assert app.call("get", ME, token=half).status_code == 401
    assert app.call("post", "auth/2fa/authenticate", {"code": code}).status_code == 200
    assert app.call("get", ME).status_code == 200
    assert App().call("get", ME, token=half).status_code == 401


def test_an_apps_login_does_not_take_over_a_token_sent_along(alice: User) -> None:
    app = App()
    app.call("post", "auth/login", {"username": "alice", "password": "wrong"})
    before = app.token or "b" * 32
    assert app.call("post", "auth/login", {"username": "alice", "password": PASSWORD}).json()
    assert app.token != before
    assert App().call("get", ME, token=before).status_code == 401
