"""Members ask for missing movies, and hear what became of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.account_deletion import erase
from accounts.models import User
from movies.catalogue_care import requests
from movies.catalogue_care.additions import OtherIds, ids_in
from movies.catalogue_care.requests import AlreadyHere, RequestError, ask
from movies.models import Movie, MovieRequest, RequestAsker

PAGE = "/movies/request/"
HTML = {"accept": "text/html"}


def test_it_works(alices_client: Client, alice: User) -> None:
    link = "https://www.imdb.com/title/tt0079944/?ref_=x"
    body = {"title": " Stalker ", "year": "1979", "link": link}
    answer = alices_client.post(PAGE, body, follow=True)
    assert "We’ll tell you when “Stalker (1979)” is here." in answer.content.decode()
    request = MovieRequest.objects.get()
    assert (request.title, request.year, request.imdb_id) == ("Stalker", 1979, "tt0079944")
    assert "Waiting" in alices_client.get(PAGE).content.decode()
    requests.answer_with(request, Movie.objects.create(title="Stalker", year=1979))
    assert request.movie.get_absolute_url() in alices_client.get(PAGE).content.decode()


def test_a_visitor_logs_in_first(client: Client, db: None) -> None:
    assert client.post(PAGE, {"title": "Stalker"}).status_code == 302
    assert not MovieRequest.objects.exists()


@pytest.mark.parametrize("title", ["", "   ", "\u200b", "x" * 301])
def test_a_title_is_needed(alices_client: Client, title: str) -> None:
    assert alices_client.post(PAGE, {"title": title}).status_code == 200
    assert not MovieRequest.objects.exists()


@pytest.mark.parametrize(
    "second",
    [
        ("stalker", 1979, ""),
        ("Сталкер", None, "https://imdb.com/title/tt0079944/"),
        ("Stalker!", 1979, "https://www.themoviedb.org/movie/1398-stalker"),
    ],
)
def test_the_same_movie_is_asked_for_once(alice: User, bob: User, second: tuple) -> None:
    first = ask(alice, "Stalker", 1979, "https://www.imdb.com/title/tt0079944/")
    joined = ask(bob, *second)
    assert (first.is_new, joined.is_new) == (True, False)
    assert MovieRequest.objects.with_askers().get().n_askers == 2
    assert not ask(bob, *second).is_new
    assert RequestAsker.objects.count() == 2


def test_another_year_is_another_movie(alice: User) -> None:
    assert ask(alice, "Solaris", 1972).is_new
    assert ask(alice, "Solaris", 2002).is_new


def test_what_is_here_need_not_be_asked_for(
    alices_client: Client, alice: User, make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie("Alien", 1979, imdb_id="tt0078748")
    with pytest.raises(AlreadyHere):
        ask(alice, "alien", 1979)
    page = alices_client.post(PAGE, {"title": "A", "link": "https://imdb.com/title/tt0078748/"})
    assert movie.get_absolute_url() in page.content.decode()
    assert not MovieRequest.objects.exists()


def test_requests_are_limited(alice: User) -> None:
    for n in range(requests.MOST_A_DAY):
        ask(alice, f"Movie {n}")
    with pytest.raises(RequestError):
        ask(alice, "One more")
    RequestAsker.objects.update(asked_at=timezone.now() - timedelta(days=2))
    assert ask(alice, "One more").is_new


def test_the_next_page_tells_that_it_is_here(
    alices_client: Client, bobs_client: Client, alice: User
) -> None:
    alices_client.post(PAGE, {"title": "Stalker"})
    request = MovieRequest.objects.get()
    requests.answer_with(request, Movie.objects.create(title="Stalker", year=1979))
    alices_client.logout()
    alices_client.force_login(alice)
    assert "You asked for it" in alices_client.get("/movies/", headers=HTML).content.decode()
    assert "You asked for it" not in alices_client.get("/movies/", headers=HTML).content.decode()
    assert "You asked for it" not in bobs_client.get("/movies/", headers=HTML).content.decode()


def test_a_declined_request_says_why(alices_client: Client, alice: User) -> None:
    request = ask(alice, "My holidays").request
    requests.decline(request, "Home movies don’t belong here.")
    assert "Home movies" in alices_client.get(PAGE).content.decode()
    assert not ask(alice, "My holidays").is_new


def test_a_request_goes_with_the_last_account(alice: User, bob: User) -> None:
    ask(alice, "Stalker")
    ask(alice, "Solaris")
    ask(bob, "Solaris")
    erase(alice)
    assert [one.title for one in MovieRequest.objects.all()] == ["Solaris"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("tt0079944", OtherIds("tt0079944")),
        ("https://m.imdb.com/de/title/tt79944/reference", OtherIds("tt0079944")),
        ("https://www.themoviedb.org/movie/1398-stalker?language=de", OtherIds("", 1398)),
        ("https://www.themoviedb.org/tv/1398", OtherIds()),
        ("https://letterboxd.com/film/stalker/", OtherIds()),
        ("att0079944 tt0 themoviedb.org/movie/0", OtherIds()),
        ("tt" + "9" * 20, OtherIds()),
    ],
)
def test_ids_are_read_from_links(text: str, ids: OtherIds) -> None:
    assert ids_in(text) == ids
