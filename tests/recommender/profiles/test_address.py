"""The address of a profile."""

from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import Profile, User, set_profile
from tests.recommender.profiles.conftest import PAGE, SETTINGS, body, text_of


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
    client: Client, make_user: Callable[..., User]
) -> None:
    for name in ("Zoe", "zoe"):
        set_profile(make_user(name, email=""), level="public", bio=f"I am {name}.")
    for name in ("Zoe", "zoe"):
        assert f"I am {name}." in text_of(client.get(f"/people/{name}/"))


def test_a_private_namesake_hides_nobody(client: Client, make_user: Callable[..., User]) -> None:
    set_profile(make_user("Zoe", email=""), level="private")
    set_profile(make_user("zoe", email=""), level="public")
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


def test_a_name_of_dots_has_no_address(make_user: Callable[..., User]) -> None:
    client = Client()
    client.force_login(make_user("..", email=""))
    assert client.get(SETTINGS).status_code == 200
    answer = client.post(SETTINGS, body())
    assert answer.status_code == 422
    assert "only dots" in unescape(answer.content.decode())
