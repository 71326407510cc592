"""The address of a profile."""

from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import Profile, User, set_profile
from tests.recommender.profiles.conftest import PAGE, SETTINGS, body, text_of


@pytest.fixture
def old_account(make_user: Callable[..., User]) -> Callable[[str], User]:
    """An account whose name is older than the rules that refuse it today."""

    def make(username: str) -> User:
        user = make_user(f"old{User.objects.count()}", email="")
        User.objects.filter(pk=user.pk).update(username=username, username_skeleton=None)
        user.refresh_from_db()
        return user

    return make


@pytest.mark.parametrize(
    ("username", "asked"),
    [
        ("alice2", "ALICE2"),
        ("Ärger", "ärger"),
        ("straße", "STRASSE"),
        ("иван", "ИВАН"),
        ("film", "ﬁlm"),
        ("a+b@c.d", "A+B@C.D"),
    ],
)
def test_any_case_finds_the_person(
    client: Client, make_user: Callable[..., User], username: str, asked: str
) -> None:
    user = make_user(username, email="")
    set_profile(user, level="public")
    answer = client.get(f"/people/{quote(asked)}/")
    assert answer.status_code == 302
    assert answer.url == Profile.objects.get().get_absolute_url()
    assert client.get(answer.url).status_code == 200


def test_of_two_that_differ_in_case_each_is_found(
    client: Client, old_account: Callable[[str], User]
) -> None:
    for name in ("Zoe", "zoe"):
        set_profile(old_account(name), level="public", bio=f"I am {name}.")
    for name in ("Zoe", "zoe"):
        assert f"I am {name}." in text_of(client.get(f"/people/{name}/"))


def test_a_private_namesake_hides_nobody(
    client: Client, old_account: Callable[[str], User]
) -> None:
    set_profile(old_account("Zoe"), level="private")
    set_profile(old_account("zoe"), level="public")
    assert client.get("/people/Zoe/").url == "/people/zoe/"


def test_a_new_user_name_moves_the_address(client: Client, alice: User) -> None:
    set_profile(alice, level="public")
    alice.username = "Lewis"
    alice.save()
    assert client.get("/people/lewis/").url == "/people/Lewis/"
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("asked", ["%00", "x" * 5000, "%F0%9F%8E%AC", "a%2Fb", "%ff", "<script>"])
def test_what_is_no_name_is_nobodys(client: Client, db: None, asked: str) -> None:
    assert client.get(f"/people/{asked}/").status_code == 404


def test_a_name_of_dots_has_no_address(old_account: Callable[[str], User]) -> None:
    client = Client()
    client.force_login(old_account(".."))
    assert client.get(SETTINGS).status_code == 200
    answer = client.post(SETTINGS, body())
    assert answer.status_code == 422
    assert "nothing but dots" in unescape(answer.content.decode())
