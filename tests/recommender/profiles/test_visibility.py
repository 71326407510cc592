"""Who sees a profile at all."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User, set_profile
from movies.models import Movie
from recommender.groups import guests, membership
from tests.recommender.profiles.conftest import ALL, PAGE, SETTINGS, body, text_of


def statuses(*clients: Client) -> list[int]:
    return [one.get(PAGE).status_code for one in clients]


def test_who_sees_which(
    client: Client, bobs_client: Client, alices_client: Client, alice: User
) -> None:
    everybody = (client, bobs_client, alices_client)
    assert statuses(*everybody) == [404, 404, 200]
    for level, expected in (
        ("private", [404, 404, 200]),
        ("members", [404, 200, 200]),
        ("public", [200, 200, 200]),
        ("private", [404, 404, 200]),
    ):
        alices_client.post(SETTINGS, body(level=level))
        assert statuses(*everybody) == expected, level


def test_nothing_is_cached(client: Client, alice: User) -> None:
    set_profile(alice, level="public")
    assert "no-store" in client.get(PAGE)["Cache-Control"]


def test_private_looks_like_nobody(client: Client, alice: User) -> None:
    set_profile(alice, level="private", display_name="Secret", **ALL)
    private, nobody = client.get(PAGE), client.get("/people/nobody/")
    assert (private.status_code, nobody.status_code) == (404, 404)
    shown = private.content.replace(b"alice", b"nobody")
    assert len(shown) == len(nobody.content)
    assert b"Secret" not in shown


def test_a_list_no_longer_leads_to_a_private_profile(
    client: Client, alice: User, history: list[Movie]
) -> None:
    url = alice.movie_lists.get(name="Open").get_absolute_url()
    set_profile(alice, level="public")
    assert f'href="{PAGE}"' in text_of(client.get(url))
    set_profile(alice, level="members")
    assert f'href="{PAGE}"' not in text_of(client.get(url))


def test_raters_of_a_data_set_and_closed_accounts_have_none(
    client: Client, make_user: Callable[..., User], alice: User
) -> None:
    rater = make_user("set:1", is_dataset_member=True, is_active=False)
    set_profile(rater, level="public")
    set_profile(alice, level="public")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/people/set:1/").status_code == 404
    assert client.get(PAGE).status_code == 404


def test_guests_of_a_group_have_none_and_are_strangers(
    client: Client, alice: User, bob: User
) -> None:
    set_profile(alice, level="members")
    group = membership.create(bob, "Friday")
    client.post(f"{group.get_absolute_url()}join/", {"name": "Dora"})
    assert guests.Guest.objects.exists()
    assert client.get("/people/Dora/").status_code == 404
    assert client.get(PAGE).status_code == 404
