"""Lists and the profile, for API clients."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Profile, User
from movies.lists import entries, lifecycle
from movies.models import Movie, MovieList, Rating
from tests.api.conftest import API
from tests.api.problems import code, wrong

LISTS, PROFILE = f"{API}/lists/", f"{API}/me/profile/"


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [make_movie(f"Story {n}", 1990 + n) for n in range(3)]


def send(client: Client, method: str, url: str, **body: Any) -> Any:
    return getattr(client, method)(url, body, content_type="application/json")


def titles(client: Client, pk: int, query: str = "") -> list[tuple[int, str]]:
    rows = client.get(f"{LISTS}{pk}/movies/{query}").json()["results"]
    return [(row["place"], row["movie"]["title"]) for row in rows]


def test_it_works(alices_client: Client, movies: list[Movie]) -> None:
    made = send(alices_client, "post", LISTS, name=" Rainy\nSundays ", is_numbered=True)
    assert made.status_code == 201
    found = made.json()
    assert (found["name"], found["visibility"], found["link"]) == ("Rainy Sundays", "private", None)
    assert found["owner"] == {"name": "alice", "is_you": True}
    url = f"{LISTS}{found['id']}/"
    for movie in movies:
        put = send(alices_client, "put", f"{url}movies/{movie.pk}/")
        assert put.status_code == 201
    put = send(alices_client, "put", f"{url}movies/{movies[2].pk}/", place=1, note="first")
    assert (put.status_code, put.json()["place"], put.json()["note"]) == (200, 1, "first")
    pk = found["id"]
    assert titles(alices_client, pk) == [(1, "Story 2"), (2, "Story 0"), (3, "Story 1")]
    assert send(alices_client, "post", f"{url}sort/", by="year").json()["n_movies"] == 3
    assert titles(alices_client, pk) == [(1, "Story 0"), (2, "Story 1"), (3, "Story 2")]
    assert alices_client.delete(f"{url}movies/{movies[0].pk}/").status_code == 204
    assert alices_client.delete(f"{url}movies/{movies[0].pk}/").status_code == 404
    assert titles(alices_client, pk) == [(1, "Story 1"), (2, "Story 2")]
    assert [one["id"] for one in alices_client.get(LISTS).json()["results"]] == [pk]
    assert alices_client.delete(url).status_code == 204
    assert not MovieList.objects.exists()


def test_a_note_is_kept_where_only_the_place_is_sent(
    alices_client: Client, alice: User, movies: list[Movie]
) -> None:
    made = lifecycle.create(alice, "List")
    entries.add(made, movies[0], note="kept")
    put = send(alices_client, "put", f"{LISTS}{made.pk}/movies/{movies[0].pk}/", place=1)
    assert put.json()["note"] == "kept"


def test_what_others_read(
    client: Client, bobs_client: Client, alice: User, bob: User, movies: list[Movie]
) -> None:
    made = lifecycle.create(alice, "List")
    entries.add(made, movies[0])
    Rating.objects.rate(alice, movies[0], 5)
    Rating.objects.rate(bob, movies[0], 2)
    url = f"{LISTS}{made.pk}/"
    assert bobs_client.get(f"{url}movies/").status_code == 404
    lifecycle.change(made, visibility="link")
    assert bobs_client.get(f"{url}movies/").status_code == 404
    assert bobs_client.get(url, {"key": "wrong"}).status_code == 404
    shared = client.get(f"{LISTS}shared/{made.key}/").json()
    assert (shared["id"], shared["link"]) == (made.pk, None)
    assert titles(client, made.pk, f"?key={made.key}") == [(1, "Story 0")]
    assert client.get(f"{LISTS}public/").json()["results"] == []
    lifecycle.change(made, visibility="public")
    assert [one["name"] for one in client.get(f"{LISTS}public/").json()["results"]] == ["List"]
    row = bobs_client.get(f"{url}movies/").json()["results"][0]
    assert (row["movie"]["my_rating"], row["owners_stars"]) == (2, None)
    Profile.objects.create(user=alice, level="public", shows_ratings=True)
    row = bobs_client.get(f"{url}movies/").json()["results"][0]
    assert (row["movie"]["my_rating"], row["owners_stars"]) == (2, 5)
    copied = send(bobs_client, "post", f"{url}copy/")
    assert (copied.json()["name"], copied.json()["owner"]["is_you"]) == ("Copy of List", True)


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "\u200b"}, {"name": "x" * 101}, {"name": "x", "visibility": "all"}],
)
def test_bad_input_is_refused(alices_client: Client, body: dict[str, str]) -> None:
    assert send(alices_client, "post", LISTS, **body).status_code == 400
    assert not MovieList.objects.exists()


def test_bounds_are_told(
    alices_client: Client, alice: User, movies: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = lifecycle.create(alice, "List")
    monkeypatch.setattr(lifecycle, "MAX_LISTS", 1)
    monkeypatch.setattr(entries, "MAX_MOVIES", 0)
    refused = send(alices_client, "post", LISTS, name="Two")
    assert "Delete one" in refused.json()["detail"]
    refused = send(alices_client, "put", f"{LISTS}{made.pk}/movies/{movies[0].pk}/")
    assert (refused.status_code, code(refused)) == (400, "list_limit_reached")


def test_the_questions_do_not_grow(
    alices_client: Client,
    alice: User,
    movies: list[Movie],
    queries: Callable[[Client, str], int],
) -> None:
    made = lifecycle.create(alice, "List", visibility="public")
    entries.add(made, movies[0])
    urls = (LISTS, f"{LISTS}public/", f"{LISTS}{made.pk}/movies/")
    before = [queries(alices_client, url) for url in urls]
    for n in range(5):
        entries.add(lifecycle.create(alice, f"List {n}", visibility="public"), movies[1])
    for movie in movies:
        entries.add(made, movie)
    assert [queries(alices_client, url) for url in urls] == before
    assert max(before) <= 8


class TestProfile:
    def test_it_works(self, alices_client: Client, alice: User) -> None:
        assert alices_client.get(PROFILE).json()["level"] == "private"
        assert not Profile.objects.exists()
        body = {"level": "members", "display_name": " Alice\tA. ", "bio": "One\r\n\n\nTwo"}
        answer = send(alices_client, "patch", PROFILE, **body)
        assert answer.status_code == 200
        assert answer.json()["url"].endswith("/people/alice/")
        stored = Profile.objects.get(user=alice)
        assert (stored.level, stored.display_name, stored.bio) == (
            "members",
            "Alice A.",
            "One\n\nTwo",
        )

    @pytest.mark.parametrize(
        "body",
        [{"level": "all"}, {"display_name": "BOB"}, {"display_name": "Admin"}, {"bio": "x" * 501}],
    )
    def test_bad_input_is_refused(
        self, alices_client: Client, bob: User, body: dict[str, str]
    ) -> None:
        answer = send(alices_client, "patch", PROFILE, **body)
        assert (answer.status_code, list(wrong(answer))) == (400, list(body))
        assert not Profile.objects.exists()
