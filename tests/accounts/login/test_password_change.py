"""What ends when a password changes, and what does not."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AccessToken, User, create_token
from tests.accounts.apps import PASSWORD, App

ME = "/api/v1/me/"
NEW = "another password 2"


@pytest.fixture
def script(alice: User) -> str:
    return create_token(alice, "Script", "read")[1]


def test_the_apps_own_token_changes_and_others_end(alice: User, script: str) -> None:
    app, elsewhere, browser = App(), App(), Client()
    app.log_in()
    elsewhere.log_in()
    browser.force_login(alice)
    before = app.token
    body = {"current_password": PASSWORD, "new_password": NEW}
    answer = app.call("post", "account/password/change", body)
    assert answer.status_code == 200
    assert answer.json()["meta"]["session_token"] == app.token != before
    assert app.call("get", ME).status_code == 200
    assert app.call("get", ME, token=before).status_code == 401
    assert elsewhere.call("get", ME).status_code == 401
    assert browser.get("/me/settings/").status_code == 302
    assert len(app.call("get", "auth/sessions").json()["data"]) == 1
    assert app.call("get", ME, token=script).status_code == 200, "scripts go on"


def test_in_a_browser_too(alice: User, script: str) -> None:
    browser, app = Client(), App()
    browser.force_login(alice)
    app.log_in()
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post("/accounts/password/change/", form).status_code == 302
    assert browser.get("/me/settings/").status_code == 200
    assert app.call("get", ME).status_code == 401
    assert AccessToken.objects.exists()


def test_a_reset_closes_every_door(alice: User, script: str) -> None:
    app = App()
    app.log_in()
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": alice.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
    form = browser.get(link)["Location"]
    assert browser.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert app.call("get", ME).status_code == 401
    assert app.call("get", ME, token=script).status_code == 401
    assert not AccessToken.objects.exists()
