"""Members who gave no email address."""

import io
import json
import re
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User

PASSWORD = "a good password 1"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def dora(make_user: Callable[..., User]) -> User:
    return make_user("dora", email="")


@pytest.fixture
def doras_client(client: Client, dora: User) -> Client:
    client.force_login(dora)
    return client


def test_the_settings_offer_to_add_one(doras_client: Client, alices_client: Client) -> None:
    link = b'href="/accounts/email/">Add an email address'
    assert link in doras_client.get("/me/settings/").content
    assert link not in alices_client.get("/me/settings/").content


def test_one_can_be_added_and_removed(doras_client: Client, dora: User) -> None:
    page = "/accounts/email/"
    assert "You haven’t added an email address" in doras_client.get(page).content.decode()
    doras_client.post(page, {"action_add": "", "email": "dora@example.org"})
    link = re.search(r"http://\S+(/accounts/confirm-email/\S+)", mail.outbox[0].body)[1]
    doras_client.post(link)
    dora.refresh_from_db()
    assert dora.email == "dora@example.org"
    doras_client.post(page, {"action_remove": "", "email": "dora@example.org"})
    dora.refresh_from_db()
    assert dora.email == ""


def test_a_forgotten_password_is_for_the_operator(client: Client, dora: User) -> None:
    page = client.get("/accounts/password/reset/").content.decode()
    assert "Ask the operator of this site to set a new password for you." in page
    client.post("/accounts/password/reset/", {"email": ""})
    assert mail.outbox == []


def test_the_password_can_be_changed(doras_client: Client, dora: User) -> None:
    new = "mauve-teapot-77"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert doras_client.post("/accounts/password/change/", data).status_code == 302
    dora.refresh_from_db()
    assert dora.check_password(new)
    assert mail.outbox == []


def test_the_api_says_null(doras_client: Client) -> None:
    assert doras_client.get("/api/v1/me/").json()["email"] is None


def test_export_and_erasure_work(doras_client: Client) -> None:
    archive = b"".join(doras_client.get("/me/export/").streaming_content)
    account = json.loads(ZipFile(io.BytesIO(archive)).read("account.json"))
    assert (account["email"], account["email_addresses"]) == ("", [])
    doras_client.post("/me/erase/", {"password": PASSWORD})
    assert not User.objects.filter(username="dora").exists()


def test_several_members_may_have_none(dora: User, make_user: Callable) -> None:
    make_user("emil", email="")
