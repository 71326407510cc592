"""A visitor with several windows keeps every rating that any of them sent."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from movies.models import Movie
from recommender.models import TriedRating
from recommender.tryout import tryout

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6
TOKEN = "0123456789abcdef" * 2


def give(client: Client, movie: Movie, **more: str) -> int:
    try:
        return client.post("/try/", {"movie": movie.pk, "stars": "4", **more}).status_code
    finally:
        connection.close()


def all_at_once(clients: list[Client], movies: list[Movie], **more: str) -> None:
    def give_one(number: int) -> int:
        return give(clients[number], movies[number], **more)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        assert set(threads.map(give_one, range(AT_ONCE))) == {302}


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [make_movie(f"Movie {number}") for number in range(AT_ONCE + 1)]


def windows_of_one_visitor(movies: list[Movie]) -> list[Client]:
    first = Client()
    give(first, movies[AT_ONCE])
    windows = [Client() for _ in range(AT_ONCE)]
    for window in windows:
        window.cookies = first.cookies
    return windows


def test_ratings_of_several_windows_are_all_kept(movies: list[Movie]) -> None:
    windows = windows_of_one_visitor(movies)
    all_at_once(windows, movies)
    rated = TriedRating.objects.values_list("movie_id", flat=True)
    assert sorted(rated) == sorted(movie.pk for movie in movies)
    assert "7 ratings so far" in windows[0].get("/").content.decode()


@pytest.mark.slow
def test_rewriting_all_ratings_would_lose_some(
    movies: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what a session that holds all ratings does."""
    all_have_read, writing = threading.Barrier(AT_ONCE), threading.Lock()

    def rewrite(visitor: str, movie: Movie, half_stars: int) -> None:
        rows = TriedRating.objects.of(visitor)
        whole = {**dict(rows.values_list("movie_id", "half_stars")), movie.pk: half_stars}
        all_have_read.wait(timeout=60)
        with writing:
            rows.delete()
            TriedRating.objects.bulk_create(
                TriedRating(visitor=visitor, movie_id=pk, half_stars=n) for pk, n in whole.items()
            )

    windows = windows_of_one_visitor(movies)
    monkeypatch.setattr(tryout, "_store", rewrite)
    all_at_once(windows, movies)
    assert TriedRating.objects.count() == 2, "the first one, and whichever was written last"


def test_first_ratings_sent_at_once_go_to_one_visitor(movies: list[Movie]) -> None:
    """Sent before the first answer has brought a session: the page's forms name the visitor."""
    clients = [Client() for _ in range(AT_ONCE)]
    all_at_once(clients, movies, visit=TOKEN)
    for client in clients:
        assert f"{AT_ONCE} ratings so far" in client.get("/").content.decode()
