"""Whatever an app sends to the calls of accounts is answered, never an error of ours."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.apps import APP, App

JUNK = ["\ud800", "\x00", "", 10**400, [], {}, None, True, "x" * 10_000, {"a": [1]}]
CALLS = (
    ("post", "auth/login", "username"),
    ("post", "auth/login", "email"),
    ("post", "auth/login", "password"),
    ("post", "auth/signup", "username"),
    ("post", "auth/signup", "email"),
    ("post", "auth/signup", "password"),
    ("post", "auth/password/request", "email"),
    ("post", "auth/password/reset", "key"),
    ("post", "auth/email/verify", "key"),
    ("post", "auth/2fa/authenticate", "code"),
    ("post", "auth/reauthenticate", "password"),
    ("post", "account/email", "email"),
    ("patch", "account/email", "email"),
    ("delete", "account/email", "email"),
    ("post", "account/password/change", "current_password"),
    ("post", "account/password/change", "new_password"),
    ("post", "account/authenticators/totp", "code"),
    ("delete", "auth/sessions", "sessions"),
    ("put", "account/authenticators/webauthn", "id"),
    ("delete", "account/authenticators/webauthn", "authenticators"),
)
GOOD = {"username": "dora", "email": "dora@example.org", "password": "a good password 1"}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: "-".join(call))
def test_junk_is_refused(call: tuple[str, str, str], alice: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    method, path, field = call
    app = App()
    if path.startswith("account") or "sessions" in path or "reauth" in path:
        app.log_in()
    others = {
        name: value
        for name, value in GOOD.items()
        if path in ("auth/login", "auth/signup") and not (path == "auth/login" and name == "email")
    }
    if field == "email":
        others.pop("username" if path == "auth/login" else "", None)
    for junk in JUNK:
        answer = app.call(method, path, {**others, field: junk})
        assert answer.status_code < 500, junk


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"1", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(db: None, body: bytes) -> None:
    answer = Client().post(f"{APP}/auth/login", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "invalid_json"


@pytest.mark.parametrize("pk", [0, 10**18, 10**30])
def test_numbers_beyond_the_database_are_nobodys(alices_client: Client, pk: int) -> None:
    assert alices_client.delete(f"/api/v1/me/tokens/{pk}/").status_code == 204
    assert alices_client.post(f"/me/tokens/{pk}/revoke/").status_code == 404
