"""Who may see and change a list."""

import pytest
from django.test import Client

from accounts.models import User
from movies.lists import lifecycle
from movies.models import MovieList
from tests.movies.lists.reading import text_of, titles


def status_codes(client: Client, movie_list: MovieList) -> tuple[int, int]:
    by_id = client.get(movie_list.get_absolute_url()).status_code
    return by_id, client.get(movie_list.get_shared_url()).status_code


def test_each_visibility(
    client: Client, bobs_client: Client, alices_client: Client, alices_list: MovieList
) -> None:
    for visibility, stranger, owner in (
        ("private", (404, 404), (200, 404)),
        ("link", (404, 200), (200, 302)),
        ("public", (200, 302), (200, 302)),
    ):
        lifecycle.change(alices_list, visibility=visibility)
        assert status_codes(client, alices_list) == stranger, visibility
        assert status_codes(bobs_client, alices_list) == stranger, visibility
        assert status_codes(alices_client, alices_list) == owner, visibility


def test_only_public_lists_are_listed(
    client: Client, bobs_client: Client, alices_list: MovieList
) -> None:
    for visibility, n in (("private", 0), ("link", 0), ("public", 1)):
        lifecycle.change(alices_list, visibility=visibility)
        for someone in (client, bobs_client):
            page = text_of(someone.get("/lists/"))
            assert page.count("Rainy Sundays") == n, visibility
            assert "Rainy Sundays" not in text_of(someone.get("/")), visibility


def test_an_empty_list_is_not_among_the_public_ones(client: Client, alice: User) -> None:
    lifecycle.create(alice, "Nothing yet", visibility="public")
    assert "Nothing yet" not in text_of(client.get("/lists/"))


def test_nobody_sees_lists_of_a_closed_account(
    client: Client, alice: User, alices_list: MovieList
) -> None:
    lifecycle.change(alices_list, visibility="public")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert status_codes(client, alices_list) == (404, 404)
    assert "Rainy Sundays" not in text_of(client.get("/lists/"))


def test_a_link_is_kept_from_robots_other_sites_and_caches(
    client: Client, alices_list: MovieList
) -> None:
    lifecycle.change(alices_list, visibility="link")
    answer = client.get(alices_list.get_shared_url())
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert b'name="robots" content="noindex"' in answer.content
    assert len(alices_list.key) >= 22


def test_a_new_link_ends_the_old_one(
    client: Client, alices_client: Client, alices_list: MovieList
) -> None:
    lifecycle.change(alices_list, visibility="link")
    old = alices_list.get_shared_url()
    alices_client.post(f"/lists/{alices_list.pk}/link/")
    assert client.get(old).status_code == 404
    alices_list.refresh_from_db()
    assert client.get(alices_list.get_shared_url()).status_code == 200


@pytest.mark.parametrize("key", ["x", "%00", "é" * 30, "a" * 500])
def test_unknown_keys_are_not_found(client: Client, db: None, key: str) -> None:
    assert client.get(f"/lists/shared/{key}/").status_code == 404


@pytest.mark.parametrize("path", ["edit", "delete"])
def test_bob_cannot_edit_or_delete_alices_list(
    client: Client, bobs_client: Client, alices_list: MovieList, path: str
) -> None:
    lifecycle.change(alices_list, visibility="public")
    url = f"/lists/{alices_list.pk}/{path}/"
    assert client.get(url).url.startswith("/accounts/login/")
    for answer in (bobs_client.get(url), bobs_client.post(url, {"name": "Bob's"})):
        assert answer.status_code == 404


@pytest.mark.parametrize("path", ["entries", "sort", "link"])
def test_bob_cannot_change_alices_list(
    client: Client, bobs_client: Client, alices_list: MovieList, path: str
) -> None:
    lifecycle.change(alices_list, visibility="public")
    before, key = titles(alices_list), alices_list.key
    url, body = f"/lists/{alices_list.pk}/{path}/", {"by": "newest", "off": "1"}
    assert client.post(url, body).url.startswith("/accounts/login/")
    assert bobs_client.post(url, body).status_code == 404
    assert titles(alices_list) == before
    assert MovieList.objects.get().key == key
