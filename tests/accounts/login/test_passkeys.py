"""Passkeys, by an app with an authenticator in software."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from tests.accounts.apps import App
from tests.accounts.login.passkeys import SoftwareAuthenticator

ORIGIN = "https://films.example.org"
KEYS = "account/authenticators/webauthn"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.SITE_URL = ORIGIN
    settings.SITE_NAME = "Films"


def with_passkey(app: App, origin: str = ORIGIN) -> SoftwareAuthenticator:
    app.log_in()
    app.confirm()
    phone = SoftwareAuthenticator(origin)
    options = app.call("get", f"{KEYS}?passwordless").json()["data"]["creation_options"]
    assert options["publicKey"]["rp"] == {"id": "films.example.org", "name": "Films"}
    body = {"name": "Phone", "credential": phone.create(options)}
    answer = app.call("post", KEYS, body)
    assert answer.status_code == (400 if "evil" in origin else 200), answer.content
    return phone


def log_in(phone: SoftwareAuthenticator, app: App, place: str = "login") -> int:
    asked = app.call("get", f"auth/webauthn/{place}").json()["data"]["request_options"]
    return app.call("post", f"auth/webauthn/{place}", {"credential": phone.get(asked)}).status_code


def test_it_logs_in_without_a_password(alice: User) -> None:
    phone = with_passkey(App())
    app = App()
    assert log_in(phone, app) == 200
    assert app.call("get", "/api/v1/me/").json()["username"] == "alice"


def test_it_is_the_second_step_after_a_password(alice: User) -> None:
    phone = with_passkey(App())
    app = App()
    answer = app.log_in()
    assert answer.status_code == 401
    assert app.call("get", "/api/v1/me/").status_code == 401
    (pending,) = [flow for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
    assert pending["id"] == "mfa_authenticate"
    assert set(pending["types"]) == {"webauthn", "recovery_codes"}
    assert log_in(phone, app, "authenticate") == 200
    assert app.call("get", "/api/v1/me/").status_code == 200


def test_another_key_opens_nothing(alice: User) -> None:
    phone = with_passkey(App())
    other = SoftwareAuthenticator(ORIGIN)
    other.id, other.user_handle = phone.id, phone.user_handle
    assert log_in(other, App()) == 400


def test_an_answer_counts_once(alice: User) -> None:
    phone, app = with_passkey(App()), App()
    asked = app.call("get", "auth/webauthn/login").json()["data"]["request_options"]
    body = {"credential": phone.get(asked)}
    assert app.call("post", "auth/webauthn/login", body).status_code == 200
    thief = App()
    thief.call("get", "auth/webauthn/login")
    assert thief.call("post", "auth/webauthn/login", body).status_code == 400


def test_one_of_another_site_is_refused(alice: User) -> None:
    with_passkey(App(), origin="https://films.example.evil")
    assert not Authenticator.objects.exists()


def test_an_android_app_signs_for_itself(alice: User, settings: Any) -> None:
    app_origin = f"android:apk-key-hash:{'x' * 43}"
    settings.PASSKEY_APP_ORIGINS = [app_origin]
    phone = with_passkey(App(), origin=app_origin)
    assert log_in(phone, App()) == 200
    settings.PASSKEY_APP_ORIGINS = []
    assert log_in(phone, App()) == 400


@pytest.mark.parametrize(
    "junk",
    [
        *({}, {"id": "x"}, [], "x", None, {"response": {"userHandle": 5}}),
        {"id": "eA", "rawId": "eA", "type": "public-key", "response": {}},
        {"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "%%"}},
    ],
)
def test_junk_is_400(alice: User, junk: Any) -> None:
    app = App()
    app.call("get", "auth/webauthn/login")
    assert app.call("post", "auth/webauthn/login", {"credential": junk}).status_code == 400
    app.log_in()
    app.confirm()
    app.call("get", KEYS)
    assert app.call("post", KEYS, {"name": "x", "credential": junk}).status_code == 400


def test_it_is_renamed_and_removed(alice: User) -> None:
    app = App()
    with_passkey(app)
    key = Authenticator.objects.get(type="webauthn").pk
    assert app.call("put", KEYS, {"id": key, "name": "Old phone"}).status_code == 200
    names = [one.get("name") for one in app.call("get", "account/authenticators").json()["data"]]
    assert "Old phone" in names
    assert app.call("delete", KEYS, {"authenticators": [key]}).status_code == 200
    assert App().log_in().status_code == 200
