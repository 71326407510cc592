"""Authenticator apps and recovery codes, on pages and for apps."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from accounts.login.attempts import unlock_account
from accounts.models import User
from tests.accounts.apps import PASSWORD, App

TWO_STEP = "/accounts/2fa/"
ACTIVATE = f"{TWO_STEP}totp/activate/"


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(client: Client, to: str = "/") -> str:
    """Where the password leads."""
    form = {"login": "alice", "password": PASSWORD}
    return client.post(f"/accounts/login/?next={to}", form)["Location"]


@pytest.fixture
def browser(alice: User) -> Client:
    """Logged in, and just asked for the password again."""
    alice.emailaddress_set.create(email=alice.email, verified=True, primary=True)
    client = Client()
    client.force_login(alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def secret(browser: Client) -> str:
    """Of an authenticator app that has been set up on the page."""
    page = browser.get(ACTIVATE).content.decode()
    found = re.search(r'<code class="secret">(\w+)</code>', page)[1]
    # The code of the step before, so that the test's login has its own.
    answer = browser.post(ACTIVATE, {"code": code_of(found, -1)})
    assert answer["Location"] == f"{TWO_STEP}recovery-codes/"
    return found


def test_setting_it_up_asks_for_the_password(alice: User, alices_client: Client) -> None:
    answer = alices_client.get(ACTIVATE)
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_a_login_needs_the_code(secret: str) -> None:
    client = Client()
    assert log_in(client, "/me/settings/") == f"{TWO_STEP}authenticate/"
    assert client.get("/me/settings/").status_code == 302, "not logged in yet"
    answer = client.post(f"{TWO_STEP}authenticate/", {"code": "000000"})
    assert "That code isn’t right" in answer.content.decode()
    answer = client.post(f"{TWO_STEP}authenticate/", {"code": code_of(secret)})
    assert answer["Location"] == "/me/settings/"
    assert client.get("/me/settings/").status_code == 200


def test_so_does_the_admins(secret: str, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    assert log_in(client, "/admin/") == f"{TWO_STEP}authenticate/"
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/").status_code == 302
    form = {"username": "alice", "password": PASSWORD}
    assert client.post("/admin/login/", form)["Location"].startswith("/accounts/login/")
    assert client.get("/admin/").status_code == 302
    client.post(f"{TWO_STEP}authenticate/", {"code": code_of(secret)})
    assert client.get("/admin/").status_code == 200


def test_a_code_works_once(secret: str) -> None:
    code = code_of(secret)
    for expected in (302, 200):
        client = Client()
        log_in(client)
        assert client.post(f"{TWO_STEP}authenticate/", {"code": code}).status_code == expected


def test_a_recovery_code_replaces_it_once(browser: Client, secret: str) -> None:
    page = browser.get(f"{TWO_STEP}recovery-codes/").content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert len(codes) == 10
    for expected in (302, 200):
        client = Client()
        log_in(client)
        answer = client.post(f"{TWO_STEP}authenticate/", {"code": codes[0]})
        assert answer.status_code == expected
    left = browser.get(f"{TWO_STEP}recovery-codes/").content.decode()
    assert codes[0] not in left
    assert browser.get(f"{TWO_STEP}recovery-codes/download/").status_code == 200


def test_guessing_codes_ends(secret: str) -> None:
    client = Client()
    log_in(client)
    for number in range(6):
        answer = client.post(f"{TWO_STEP}authenticate/", {"code": f"00000{number}"})
    assert "Too many attempts" in answer.content.decode()
    answer = client.post(f"{TWO_STEP}authenticate/", {"code": code_of(secret)})
    assert answer.status_code == 200, "the right one, too late"
    unlock_account("alice")
    assert client.post(f"{TWO_STEP}authenticate/", {"code": code_of(secret)}).status_code == 302


def test_turning_it_off_sends_a_mail(browser: Client, secret: str) -> None:
    browser.post(f"{TWO_STEP}totp/deactivate/")
    assert mail.outbox[-1].subject.endswith("Two-step login is off")
    assert log_in(Client()) == "/"


def test_the_secret_is_not_readable_in_the_database(secret: str, settings: Any) -> None:
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key " * 5
    client = Client()
    log_in(client)
    answer = client.post(f"{TWO_STEP}authenticate/", {"code": code_of(secret)})
    assert answer.status_code == 302, "the old key is a fallback"


def test_with_another_secret_key_no_code_is_right(secret: str, settings: Any) -> None:
    client = Client()
    settings.SECRET_KEY = "another key " * 5
    log_in(client)
    answer = client.post(f"{TWO_STEP}authenticate/", {"code": code_of(secret)})
    assert answer.status_code == 200


def test_an_app_does_all_of_it(alice: User) -> None:
    app = App()
    app.log_in()
    place = "account/authenticators/totp"
    answer = app.call("get", place)
    assert answer.status_code == 404
    secret = answer.json()["meta"]["secret"]
    assert "otpauth://totp/alice?" in answer.json()["meta"]["totp_url"]
    assert app.call("post", place, {"code": "000000"}).status_code == 400
    right = {"code": code_of(secret, -1)}
    assert app.call("post", place, right).status_code == 401, "confirm who you are first"
    app.confirm()
    assert app.call("post", place, right).status_code == 200
    codes = app.call("get", "account/authenticators/recovery-codes").json()["data"]
    other = App()
    assert other.log_in().status_code == 401
    answer = other.call("post", "auth/2fa/authenticate", {"code": codes["unused_codes"][0]})
    assert answer.status_code == 200
    assert other.call("get", "/api/v1/me/").status_code == 200


@pytest.mark.usefixtures("secret")
def test_an_operator_helps_who_has_lost_everything(staff_client: Client) -> None:
    page = staff_client.get("/admin/mfa/authenticator/").content.decode()
    assert "alice" in page
    for one in Authenticator.objects.all():
        change = staff_client.get(f"/admin/mfa/authenticator/{one.pk}/change/").content.decode()
        assert "secret" not in change.replace("secrets", "")
        answer = staff_client.post(f"/admin/mfa/authenticator/{one.pk}/delete/", {"post": "yes"})
        assert answer.status_code == 302
    assert log_in(Client()) == "/"
