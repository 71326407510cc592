"""`manage.py unlock`."""

from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User

PASSWORD = "a good password 1"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def log_in(login: str, password: str = PASSWORD, address: str = "127.0.0.1") -> bool:
    data = {"login": login, "password": password}
    return Client().post("/accounts/login/", data, REMOTE_ADDR=address).status_code == 302


def lock(login: str) -> None:
    for number in range(6):
        log_in(login, "wrong", address=f"203.0.113.{number}")


def unlock(*who: str) -> str:
    out = StringIO()
    call_command("unlock", *who, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("locked", ["alice", "alice@example.org"])
@pytest.mark.parametrize("who", ["alice", "Alice", "alice@example.org"])
def test_it_works_by_any_of_the_accounts_names(alice: User, locked: str, who: str) -> None:
    lock(locked)
    assert not log_in(locked)
    assert unlock(who) == "alice can log in again.\n"
    assert log_in(locked)


def test_an_ip_address_is_unlocked_alone(alice: User, bob: User) -> None:
    for number in range(10):
        log_in(f"nobody{number}", "wrong", address="203.0.113.9")
    lock("bob")
    assert not log_in("alice", address="203.0.113.9")
    assert unlock("203.0.113.9") == "203.0.113.9 can try again.\n"
    assert log_in("alice", address="203.0.113.9")
    assert not log_in("bob"), "another lock holds"


def test_a_name_that_nobody_has_is_told(alice: User) -> None:
    lock("alice")
    with pytest.raises(CommandError, match="nobody"):
        unlock("nobody", "alice")
    assert log_in("alice"), "the others are unlocked all the same"
