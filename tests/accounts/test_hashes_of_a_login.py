"""Each attempt to log in costs one password hash, so that time tells nothing about accounts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client

from accounts.models import User

PASSWORD = "a good password 1"


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The passwords that were hashed."""
    found: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        found.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return found


@pytest.fixture
def accounts(make_user: Callable[..., User]) -> None:
    cache.clear()
    make_user("alice")
    make_user("dave", is_active=False)
    rater = make_user("rater", is_dataset_member=True, is_active=False, email="")
    rater.set_unusable_password()
    rater.save()
    erin = make_user("erin")
    EmailAddress.objects.create(user=erin, email="erin@example.org", verified=True, primary=True)
    # Somebody else claims it too, without a confirmation.
    EmailAddress.objects.create(user=make_user("frank"), email="erin@example.org")


def by_form(login: str, password: str) -> Any:
    return Client().post("/accounts/login/", {"login": login, "password": password})


def by_api(login: str, password: str) -> Any:
    body = {"email" if "@" in login else "username": login, "password": password}
    return Client().post("/_allauth/app/v1/auth/login", body, content_type="application/json")


@pytest.mark.parametrize("door", [by_form, by_api])
@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("alice", PASSWORD),
        ("ALICE", PASSWORD),
        ("alice@example.org", PASSWORD),
        ("Alice@Example.org", PASSWORD),
        ("erin@example.org", PASSWORD),
        ("alice", "wrong"),
        ("alice@example.org", "wrong"),
        ("erin@example.org", "wrong"),
        ("frank@example.org", "wrong"),
        ("nobody", "wrong"),
        ("nobody@example.org", "wrong"),
        ("dave", PASSWORD),
        ("dave", "wrong"),
        ("dave@example.org", "wrong"),
        ("rater", "wrong"),
    ],
)
def test_one_hash_whatever_was_typed(
    accounts: None, hashes: list[str], door: Callable, login: str, password: str
) -> None:
    answer = door(login, password)
    assert len(hashes) == 1
    is_right = password == PASSWORD and not login.startswith("dave")
    assert (answer.status_code in {200, 302} and _is_logged_in(answer)) == is_right


def _is_logged_in(answer: Any) -> bool:
    if answer.headers["Content-Type"].startswith("application/json"):
        return answer.status_code == 200 and answer.json()["meta"]["is_authenticated"]
    return answer.status_code == 302 and answer["Location"] == "/"


def test_an_address_that_two_claim_is_its_owners(accounts: None) -> None:
    assert by_api("erin@example.org", PASSWORD).json()["data"]["user"]["username"] == "erin"


def test_a_flood_of_attempts_costs_few_hashes(accounts: None, hashes: list[str]) -> None:
    client, spoofed = Client(), 0
    for number in range(500):
        spoofed = number % 250
        client.post(
            "/accounts/login/",
            {"login": f"alice{number % 3 or ''}", "password": f"wrong {number}"},
            headers={"x-forwarded-for": f"198.51.100.{spoofed}"},
        )
    assert len(hashes) <= 20


def test_so_does_one_of_apps(accounts: None, hashes: list[str]) -> None:
    statuses = {by_api(f"alice{n % 3 or ''}", f"wrong {n}").status_code for n in range(500)}
    assert statuses == {400, 429}
    assert len(hashes) <= 20


def test_another_port_in_the_host_is_no_way_around_the_limit(
    accounts: None, hashes: list[str]
) -> None:
    for number in range(30):
        Client().post(
            "/accounts/login/",
            {"login": "alice", "password": f"wrong {number}"},
            headers={"host": f"localhost:{8000 + number}"},
            REMOTE_ADDR=f"203.0.113.{number}",
        )
    assert len(hashes) == 5
