"""The settings page."""

import re

import pytest
from django.test import Client

from accounts.models import User

PAGE = "/me/settings/"
ALL_ON = {"boldness": "0", "watchlist_in_lists": "on", "trains_model": "on"}


def settings_of(user: User) -> tuple[int, bool, bool]:
    user.refresh_from_db()
    return user.boldness, user.watchlist_in_lists, user.trains_model


def test_it_works(alices_client: Client, alice: User) -> None:
    content = alices_client.get(PAGE).content.decode()
    assert content.count('type="checkbox"') == 3
    # One stop, two of the boxes, one scale.
    assert content.count(" checked>") == 4
    answer = alices_client.post(PAGE, {"boldness": "-1"}, follow=True)
    assert b"Settings saved." in answer.content
    assert settings_of(alice) == (-1, False, False)
    content = alices_client.get(PAGE).content.decode()
    assert re.findall(r'name="boldness"[^>]* value="(-?\d)" checked', content) == ["-1"]
    assert content.count(" checked>") == 2  # the stop and the scale
    alices_client.post(PAGE, ALL_ON)
    assert settings_of(alice) == (0, True, True)


def test_the_menu_under_the_name_leads_there_and_it_leads_on(alices_client: Client) -> None:
    header = alices_client.get("/movies/").content.decode().partition("</header>")[0]
    assert ">alice</span>" in header
    assert f'<a href="{PAGE}">Settings</a>' in header
    content = alices_client.get(PAGE).content.decode()
    for page in ("/accounts/email/", "/accounts/password/change/", "/me/export/", "/me/erase/"):
        assert f'href="{page}"' in content
    assert f'href="{PAGE}"' in alices_client.get("/accounts/email/", follow=True).content.decode()


@pytest.mark.parametrize("boldness", ["3", "", "x", None])
def test_a_stop_that_does_not_exist_changes_nothing(
    alices_client: Client, alice: User, boldness: str | None
) -> None:
    data = {} if boldness is None else {"boldness": boldness}
    answer = alices_client.post(PAGE, data)
    assert answer.status_code == 422
    assert b'class="errorlist"' in answer.content
    assert settings_of(alice) == (0, True, True)


def test_nothing_else_can_be_set(alices_client: Client, alice: User) -> None:
    alices_client.post(
        PAGE, {**ALL_ON, "is_staff": "on", "is_superuser": "on", "username": "x", "email": "x@y.z"}
    )
    alice.refresh_from_db()
    assert (alice.username, alice.email) == ("alice", "alice@example.org")
    assert (alice.is_staff, alice.is_superuser) == (False, False)


def test_a_change_in_another_window_stays(alices_client: Client, alice: User) -> None:
    """Saving writes what was changed on this page, not what it showed of the rest."""
    User.objects.filter(pk=alice.pk).update(first_name="Alice")
    alices_client.post(PAGE, {**ALL_ON, "boldness": "2"})
    alice.refresh_from_db()
    assert (alice.first_name, alice.boldness) == ("Alice", 2)


def test_strangers(client: Client, bobs_client: Client, alice: User) -> None:
    assert client.get(PAGE).url == f"/accounts/login/?next={PAGE}"
    assert client.post(PAGE, {"boldness": "2"}).status_code == 302
    bobs_client.post(PAGE, {"boldness": "2", "user": alice.pk})
    assert settings_of(alice) == (0, True, True)
