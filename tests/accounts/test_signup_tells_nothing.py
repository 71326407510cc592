"""Where addresses are confirmed by mail, a sign-up does not tell whether one has an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User

PASSWORD = "mauve-teapot-77"
KNOWN, UNKNOWN = "alice@example.org", "nicky@example.org"


@pytest.fixture(autouse=True)
def fresh_limits(alice: User) -> None:
    cache.clear()


@pytest.fixture(params=["optional", "mandatory"])
def verification(request: pytest.FixtureRequest, settings: Any) -> str:
    settings.ACCOUNT_EMAIL_VERIFICATION = request.param
    settings.ACCOUNT_PREVENT_ENUMERATION = "strict" if request.param == "optional" else True
    return request.param


def by_form(client: Client, email: str) -> Any:
    data = {"username": "carol", "email": email, "password1": PASSWORD}
    return client.post("/accounts/signup/", data, follow=True)


def by_api(client: Client, email: str) -> Any:
    body = {"username": "carol", "email": email, "password": PASSWORD}
    return client.post("/_allauth/app/v1/auth/signup", body, content_type="application/json")


def seen(answer: Any, email: str) -> tuple[int, list[str], str]:
    """What the answer tells, without what is drawn anew each time."""
    text = answer.content.decode().replace(email, "EMAIL")
    text = re.sub(r'csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+', "", text)
    text = re.sub(r'"session_token": "\w+"|"(id|at)": [\d.]+|"name": "\w*"', "", text)
    return answer.status_code, getattr(answer, "redirect_chain", []), text


def sign_up(door: Callable, email: str, *pages: str) -> list[tuple[int, list[str], str]]:
    """All that one gets to see, and what it took."""
    cache.clear()
    client = Client()
    answers = [seen(door(client, email), email)]
    answers += [seen(client.get(page), email) for page in pages]
    User.objects.filter(username="carol").delete()
    return answers


@pytest.mark.parametrize("door", [by_form, by_api])
def test_known_and_unknown_addresses_look_the_same(
    verification: str, door: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashes.append(password) or encode(self, password, salt),
    )
    pages = ("/accounts/email/", "/me/settings/", "/api/v1/me/")
    unknown = sign_up(door, UNKNOWN, *pages)
    costs = [(len(hashes), len(mail.outbox))]
    known = sign_up(door, KNOWN, *pages)
    costs.append((len(hashes) - costs[0][0], len(mail.outbox) - costs[0][1]))
    assert known == unknown
    assert costs == [(1, 1), (1, 1)]


@pytest.mark.parametrize("door", [by_form, by_api])
def test_the_owner_keeps_the_address_and_is_told(door: Callable, alice: User) -> None:
    door(Client(), KNOWN)
    (message,) = mail.outbox
    assert message.to == [KNOWN]
    assert "there is already an account with that address" in message.body
    assert "/confirm-email/" not in message.body
    assert User.objects.get(email=KNOWN) == alice
    claimed = EmailAddress.objects.get(user__username="carol")
    assert (claimed.email, claimed.verified) == (KNOWN, False)


def test_the_new_account_works(alice: User) -> None:
    client = Client()
    by_form(client, KNOWN)
    assert client.get("/api/v1/me/").json()["username"] == "carol"
    assert client.get("/api/v1/me/").json()["email"] == KNOWN
    client.post("/accounts/email/", {"action_send": "", "email": KNOWN})
    assert all("/confirm-email/" not in message.body for message in mail.outbox)


def test_a_claim_is_never_confirmed(alice: User) -> None:
    """Not even with a link from before the other account was made."""
    by_form(Client(), KNOWN)
    claimed = EmailAddress.objects.get(user__username="carol")
    key = EmailConfirmationHMAC.create(claimed).key
    Client().post(f"/accounts/confirm-email/{key}/")
    claimed.refresh_from_db()
    assert not claimed.verified
    assert User.objects.get(username="carol").email == ""


def test_a_claim_leads_nobody_into_the_owners_account(alice: User) -> None:
    by_form(Client(), KNOWN)
    client = Client()
    client.post("/accounts/login/", {"login": KNOWN, "password": PASSWORD})
    assert client.get("/me/ratings/").status_code == 302
    client.post("/accounts/login/", {"login": KNOWN, "password": "a good password 1"})
    assert client.get("/api/v1/me/").json()["username"] == "alice"


def test_a_members_second_address_is_no_different(bobs_client: Client, alice: User) -> None:
    bobs_client.post("/accounts/email/", {"action_add": "", "email": KNOWN})
    assert [message.to for message in mail.outbox] == [[KNOWN]]
    assert "/confirm-email/" not in mail.outbox[0].body


def test_without_confirmation_the_form_has_to_tell(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    settings.ACCOUNT_PREVENT_ENUMERATION = True
    answer = by_form(Client(), KNOWN)
    assert "There is already an account with this email address." in answer.content.decode()
    assert not User.objects.filter(username="carol").exists()
