"""The menu that adds a movie to lists, and removes it."""

import pytest
from django.test import Client

from movies.models import ListEntry, Movie, MovieList
from tests.movies.lists.reading import text_of, titles


def test_the_menu_shows_which_lists_have_the_movie(
    alices_client: Client, alices_list: MovieList, movies: list[Movie]
) -> None:
    on = alices_client.get(f"/movies/{movies[0].pk}/lists/").content
    off = alices_client.get(f"/movies/{movies[3].pk}/lists/").content
    assert b'name="off"' in on
    assert b'name="onto"' not in on
    assert b'name="onto"' in off


def test_a_new_list_gets_the_movie(alices_client: Client, movies: list[Movie]) -> None:
    alices_client.post(f"/movies/{movies[0].pk}/lists/", {"name": "Marathon"})
    assert titles(MovieList.objects.get(name="Marathon")) == ["Story 0"]


def test_a_movie_is_on_a_list_once(
    alices_client: Client, alices_list: MovieList, movies: list[Movie]
) -> None:
    body = {"onto": alices_list.pk}
    answer = alices_client.post(f"/movies/{movies[0].pk}/lists/", body, follow=True)
    assert "is already on Rainy Sundays." in text_of(answer)
    assert len(titles(alices_list)) == 3


def test_it_removes_the_movie(
    alices_client: Client, alices_list: MovieList, movies: list[Movie]
) -> None:
    alices_client.post(f"/movies/{movies[0].pk}/lists/", {"off": alices_list.pk})
    assert titles(alices_list) == ["Story 1", "Story 2"]


def test_htmx_gets_the_menu_alone(
    alices_client: Client, alices_list: MovieList, movies: list[Movie]
) -> None:
    url, htmx = f"/movies/{movies[3].pk}/lists/", {"HX-Request": "true"}
    assert b"<html" not in alices_client.get(url, headers=htmx).content
    answer = alices_client.post(url, {"onto": alices_list.pk}, headers=htmx)
    assert "Added Story 3 to Rainy Sundays." in text_of(answer)
    refused = alices_client.post(url, {"name": " \u200b "}, headers=htmx)
    assert refused.status_code == 422


@pytest.mark.parametrize("body", [{}, {"onto": "x"}, {"onto": "9" * 30}, {"name": "x" * 101}])
def test_bad_input_is_answered_with_a_problem(
    alices_client: Client, movies: list[Movie], body: dict[str, str]
) -> None:
    answer = alices_client.post(f"/movies/{movies[0].pk}/lists/", body)
    assert answer.status_code == 422
    assert b'class="problem"' in answer.content
    assert not ListEntry.objects.exists()


def test_nobody_adds_to_anothers_list(
    bobs_client: Client, client: Client, alices_list: MovieList, movies: list[Movie]
) -> None:
    url, body = f"/movies/{movies[3].pk}/lists/", {"onto": alices_list.pk}
    assert bobs_client.post(url, body).status_code == 404
    assert client.post(url, body).url.startswith("/accounts/login/")
    assert client.get(url).url == f"/accounts/login/?next={url}"
    assert len(titles(alices_list)) == 3


def test_a_movie_that_does_not_exist(alices_client: Client) -> None:
    assert alices_client.get("/movies/999/lists/").status_code == 404
