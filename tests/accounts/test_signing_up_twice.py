"""The same sign-up twice at once: one account, and a form that says so; never an error page.

The other request is put between the check of the form and the saving.
"""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from django.core.cache import cache
from django.test import Client

from accounts.models import User

NEW = {"username": "carol", "email": "carol@example.org"}
PASSWORD = "mauve-teapot-77"


def by_form(client: Client) -> Any:
    return client.post("/accounts/signup/", {**NEW, "password1": PASSWORD})


def by_api(client: Client) -> Any:
    body = {**NEW, "password": PASSWORD}
    return client.post("/_allauth/app/v1/auth/signup", body, content_type="application/json")


@pytest.fixture(params=[{}, {"email": ""}, {"username": "c\u0430rol"}])
def faster(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Another request with the same name or one that looks like it is a moment faster."""
    sign_up_first(monkeypatch, {**NEW, **request.param})


def sign_up_first(monkeypatch: pytest.MonkeyPatch, fields: dict[str, str]) -> None:
    cache.clear()
    new_user = DefaultAccountAdapter.new_user

    def second(self: Any, *arguments: Any, **named: Any) -> Any:
        User.objects.create_user(**fields)
        return new_user(self, *arguments, **named)

    monkeypatch.setattr(DefaultAccountAdapter, "new_user", second)


@pytest.mark.parametrize(("door", "status"), [(by_form, 200), (by_api, 400)])
def test_the_second_one_is_told(faster: None, door: Callable[[Client], Any], status: int) -> None:
    client = Client(raise_request_exception=False)
    answer = door(client)
    assert answer.status_code == status
    said = unescape(answer.content.decode("unicode-escape" if status == 400 else "utf-8"))
    assert any(
        text in said for text in ("already taken", "already an account", "too similar to another")
    )
    assert client.get("/me/ratings/").status_code == 302, "not logged in"


@pytest.mark.parametrize("door", [by_form, by_api])
def test_of_two_with_one_address_the_first_has_it(
    db: None, monkeypatch: pytest.MonkeyPatch, door: Callable[[Client], Any]
) -> None:
    """And neither learns of the other: see test_signup_tells_nothing.py."""
    sign_up_first(monkeypatch, {**NEW, "username": "dave"})
    assert door(Client()).status_code in {200, 302}
    assert dict(User.objects.values_list("username", "email")) == {
        "dave": "carol@example.org",
        "carol": "",
    }


@pytest.mark.parametrize("door", [by_form, by_api])
def test_nobody_is_faster(db: None, door: Callable[[Client], Any]) -> None:
    """The control: without the other request the same sign-up works."""
    cache.clear()
    door(Client())
    assert User.objects.get().username == "carol"
