"""The settings page."""

from django.test import Client

from accounts.models import User

PAGE = "/me/settings/"
ALL_ON = {"watchlist_in_lists": "on", "trains_model": "on"}


def settings_of(user: User) -> tuple[bool, bool]:
    user.refresh_from_db()
    return user.watchlist_in_lists, user.trains_model


def test_it_works(alices_client: Client, alice: User) -> None:
    content = alices_client.get(PAGE).content.decode()
    assert content.count('type="checkbox"') == 3
    # Two of the boxes, one scale.
    assert content.count(" checked>") == 3
    answer = alices_client.post(PAGE, {"hides_predictions": "on"}, follow=True)
    assert b"Settings saved." in answer.content
    assert settings_of(alice) == (False, False)
    content = alices_client.get(PAGE).content.decode()
    assert content.count(" checked>") == 2  # the third box and the scale
    alices_client.post(PAGE, ALL_ON)
    assert settings_of(alice) == (True, True)


def test_the_menu_under_the_name_leads_there_and_it_leads_on(alices_client: Client) -> None:
    header = alices_client.get("/movies/").content.decode().partition("</header>")[0]
    assert ">alice</span>" in header
    assert f'<a href="{PAGE}">Settings</a>' in header
    content = alices_client.get(PAGE).content.decode()
    for page in ("/accounts/email/", "/accounts/password/change/", "/me/export/", "/me/erase/"):
        assert f'href="{page}"' in content
    assert f'href="{PAGE}"' in alices_client.get("/accounts/email/", follow=True).content.decode()


def test_a_scale_that_does_not_exist_changes_nothing(alices_client: Client, alice: User) -> None:
    answer = alices_client.post(PAGE, {"scale": "x"})
    assert answer.status_code == 422
    assert b'class="errorlist"' in answer.content
    assert settings_of(alice) == (True, True)


def test_boldness_is_set_on_the_home_page_alone(alices_client: Client, alice: User) -> None:
    assert b'name="boldness"' not in alices_client.get(PAGE).content
    alice.prefer(boldness=2)
    alices_client.post(PAGE, {**ALL_ON, "boldness": "-1"})
    alice.refresh_from_db()
    assert alice.boldness == 2


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
    alices_client.post(PAGE, {"trains_model": "on"})
    alice.refresh_from_db()
    assert (alice.first_name, alice.watchlist_in_lists) == ("Alice", False)


def test_strangers(client: Client, bobs_client: Client, alice: User) -> None:
    assert client.get(PAGE).url == f"/accounts/login/?next={PAGE}"
    assert client.post(PAGE, {"trains_model": "on"}).status_code == 302
    bobs_client.post(PAGE, {"trains_model": "on", "user": alice.pk})
    assert settings_of(alice) == (True, True)
