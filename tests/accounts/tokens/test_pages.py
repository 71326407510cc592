"""Making, seeing and revoking access tokens on pages."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, User, create_token
from tests.accounts.apps import PASSWORD

TOKENS, NEW = "/me/tokens/", "/me/tokens/new/"
FORM = {"name": "Backup script", "scope": "read", "days": "90"}


@pytest.fixture
def browser(alices_client: Client) -> Client:
    """Of somebody who has just entered the password again."""
    alices_client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return alices_client


def secret_in(page: bytes) -> str:
    return re.search(r'value="(cfs_[\w-]{43})"', page.decode())[1]


def test_it_is_shown_once_and_works(browser: Client, alice: User) -> None:
    answer = browser.post(NEW, FORM)
    assert "no-store" in answer["Cache-Control"]
    secret = secret_in(answer.content)
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/me/", headers=headers).json()["username"] == "alice"
    page = browser.get(TOKENS).content.decode()
    assert "Backup script" in page
    assert secret[8:] not in page
    token = AccessToken.objects.get()
    assert secret not in str(vars(token))
    assert abs(token.expires_at - timezone.now() - timedelta(days=90)) < timedelta(hours=1)


def test_it_asks_who_you_are_and_goes_on(alices_client: Client) -> None:
    for answer in (alices_client.get(NEW), alices_client.post(NEW, FORM)):
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not AccessToken.objects.exists()
    form = {"password": PASSWORD, "next": NEW}
    answer = alices_client.post("/accounts/reauthenticate/", form)
    assert secret_in(answer.content), "the form that was sent is not lost"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "required"),
        ("name", " \u200b ", "required"),
        ("name", "x" * 61, "at most 60"),
        ("scope", "admin", "valid choice"),
        ("days", "5000", "valid choice"),
    ],
)
def test_bad_input_is_said(browser: Client, field: str, value: str, said: str) -> None:
    answer = browser.post(NEW, FORM | {field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not AccessToken.objects.exists()


def test_a_name_is_used_once(browser: Client) -> None:
    browser.post(NEW, FORM)
    answer = browser.post(NEW, FORM)
    assert answer.status_code == 422
    assert "already have a token with this name" in answer.content.decode()


def test_there_are_not_too_many(browser: Client, alice: User) -> None:
    for number in range(AccessToken.MOST):
        create_token(alice, f"Script {number}", "read")
    answer = browser.post(NEW, FORM)
    assert "up to 20 tokens" in answer.content.decode()
    assert AccessToken.objects.count() == AccessToken.MOST


def test_it_is_revoked_at_once_and_by_its_owner_alone(
    alices_client: Client, bobs_client: Client, alice: User
) -> None:
    token, secret = create_token(alice, "Script", "write")
    revoke = f"{TOKENS}{token.pk}/revoke/"
    assert bobs_client.post(revoke).status_code == 404
    assert alices_client.get(revoke).status_code == 405
    assert alices_client.post(revoke)["Location"] == TOKENS
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/me/", headers=headers).status_code == 401
