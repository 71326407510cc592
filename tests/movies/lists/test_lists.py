"""A list from making it to deleting it."""

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, MovieList
from tests.movies.lists.reading import text_of, titles


def test_it_works(alices_client: Client, alice: User, movies: list[Movie]) -> None:
    answer = alices_client.post("/me/lists/new/", {"name": " Rainy\t Sundays "}, follow=True)
    made = MovieList.objects.get()
    assert (made.owner, made.name, made.visibility) == (alice, "Rainy Sundays", "private")
    assert answer.redirect_chain == [(f"/lists/{made.pk}-rainy-sundays/", 302)]
    for movie in (movies[2], movies[0]):
        answer = alices_client.post(f"/movies/{movie.pk}/lists/", {"onto": made.pk}, follow=True)
        assert f"Added {movie.title} to Rainy Sundays." in text_of(answer)
    assert titles(made) == ["Story 2", "Story 0"]
    page = text_of(alices_client.get(made.get_absolute_url()))
    assert page.index("Story 2</span>") < page.index("Story 0</span>")
    assert "2 movies" in text_of(alices_client.get("/me/lists/"))


def fields(**changes: object) -> dict[str, object]:
    return {"name": "Rainy Sundays", "description": "", "visibility": "private"} | changes


def test_all_fields_can_be_changed(alices_client: Client, alices_list: MovieList) -> None:
    body = fields(name="Storms", description="One\r\n\r\n\r\nTwo", is_numbered="on")
    answer = alices_client.post(f"/lists/{alices_list.pk}/edit/", body)
    assert answer.url == f"/lists/{alices_list.pk}-storms/"
    alices_list.refresh_from_db()
    assert (alices_list.name, alices_list.is_numbered) == ("Storms", True)
    assert alices_list.description == "One\n\nTwo"
    page = alices_client.get(answer.url).content
    assert b'<span class="place" aria-hidden="true">1</span>' in page


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "\u200b"}, {"visibility": "all"}, {"description": "x" * 1001}],
)
def test_bad_input_loses_nothing(
    alices_client: Client, alices_list: MovieList, wrong: dict[str, str]
) -> None:
    body = fields(description="kept words") | wrong
    answer = alices_client.post(f"/lists/{alices_list.pk}/edit/", body)
    assert answer.status_code == 422
    assert b'class="problem"' in answer.content
    assert wrong.get("description", "kept words") in text_of(answer)
    alices_list.refresh_from_db()
    assert (alices_list.name, alices_list.description) == ("Rainy Sundays", "")


def test_deleting_asks_first(alices_client: Client, alices_list: MovieList) -> None:
    url = f"/lists/{alices_list.pk}/delete/"
    assert "its 3 movies" in text_of(alices_client.get(url))
    assert MovieList.objects.exists()
    assert alices_client.post(url).url == "/me/lists/"
    assert not MovieList.objects.exists()
    assert Movie.objects.count() == 4


def test_an_old_name_redirects_to_the_new_one(
    alices_client: Client, alices_list: MovieList
) -> None:
    for path in (f"/lists/{alices_list.pk}/", f"/lists/{alices_list.pk}-old/"):
        assert alices_client.get(path).url == alices_list.get_absolute_url()


@pytest.mark.parametrize("name", ["花樣年華", "!!!", "Été à Paris", "a/b?c#d"])
def test_any_name_has_a_url(alices_client: Client, name: str) -> None:
    answer = alices_client.post("/me/lists/new/", {"name": name}, follow=True)
    assert answer.status_code == 200
    assert name in text_of(answer)
