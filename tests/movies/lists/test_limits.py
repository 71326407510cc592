"""Maximum numbers of lists, movies and queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import Movie, MovieList
from tests.movies.lists.reading import text_of, titles


def test_a_list_has_a_maximum_number_of_movies(
    alices_client: Client,
    alices_list: MovieList,
    movies: list[Movie],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entries, "MAX_MOVIES", 3)
    answer = alices_client.post(f"/movies/{movies[3].pk}/lists/", {"onto": alices_list.pk})
    assert answer.status_code == 422
    assert "a list can have up to 3 movies" in text_of(answer)
    assert len(titles(alices_list)) == 3


def test_a_user_has_a_maximum_number_of_lists(
    alices_client: Client,
    alices_list: MovieList,
    movies: list[Movie],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lifecycle, "MAX_LISTS", 1)
    answers = [
        alices_client.post("/me/lists/new/", {"name": "Two"}, follow=True),
        alices_client.post(f"/lists/{alices_list.pk}/copy/", follow=True),
        alices_client.post(f"/movies/{movies[0].pk}/lists/", {"name": "Two"}),
    ]
    for answer in answers:
        assert "You already have 1 lists. Delete one to make room for another." in text_of(answer)
    assert MovieList.objects.count() == 1


def test_the_number_of_queries_is_constant(
    alices_client: Client, bobs_client: Client, alice: User, movies: list[Movie]
) -> None:
    def count(client: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    def asked() -> list[int]:
        one = MovieList.objects.order_by("pk").first()
        urls = ("/me/lists/", f"/lists/{one.pk}/edit/", one.get_absolute_url())
        own = [count(alices_client, url) for url in urls]
        return [*own, *(count(bobs_client, url) for url in ("/lists/", urls[2]))]

    first = lifecycle.create(alice, "List", visibility="public")
    entries.add(first, movies[0])
    before = asked()
    for n in range(10):
        more = lifecycle.create(alice, f"List {n}", visibility="public")
        for movie in movies:
            entries.add(more, movie)
    for movie in movies:
        entries.add(first, movie)
    assert asked() == before
    assert max(before) <= 8, before
