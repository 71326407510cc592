"""Tests that concurrent ratings are neither lost nor doubled nor answered with an error."""

import itertools
import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating, RatingQuerySet
from movies.stars import to_half_stars
from tests.api.conftest import API
from tests.api.test_access import sign_up

PUTS, PAIRS, CONNECTIONS = 1000, 10, 8


def put(connection: HTTPConnection, path: str, token: dict[str, str], stars: float) -> int:
    headers = {"Content-Type": "application/json", **token}
    connection.request("PUT", path, json.dumps({"stars": stars}), headers)
    with connection.getresponse() as response:
        response.read()
        return response.status


def put_all(
    live_server: Any, movies: list[Movie], token: dict[str, str], puts: int = PUTS
) -> Counter:
    """From as many connections at once, all of them at the same movie."""

    def through_one(first: int) -> list[int]:
        connection = HTTPConnection(urlsplit(live_server.url).netloc, timeout=120)
        return [
            put(
                connection,
                f"{API}/movies/{movies[number // CONNECTIONS % PAIRS].pk}/rating/",
                token,
                number % 10 / 2 + 0.5,
            )
            for number in range(first, puts, CONNECTIONS)
        ]

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        return Counter(itertools.chain.from_iterable(threads.map(through_one, range(CONNECTIONS))))


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_concurrent_puts_store_one_row_per_movie(
    live_server: Any, make_movie: Callable[..., Movie]
) -> None:
    movies = [make_movie(f"Movie {number}") for number in range(PAIRS)]
    counted = put_all(live_server, movies, sign_up(Client(), "carol"))

    assert counted == {201: PAIRS, 200: PUTS - PAIRS}
    assert Rating.objects.count() == PAIRS
    for movie in Movie.objects.all():
        rating = movie.ratings.get()
        assert (movie.n_ratings, movie.half_star_sum) == (1, rating.half_stars)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_without_the_upsert_concurrent_puts_fail(
    live_server: Any, make_movie: Callable[..., Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A negative control: without the upsert, the test above would fail."""

    def look_then_write(
        self: RatingQuerySet, user: User, movie: Movie, stars: float, **kwargs: Any
    ) -> Rating:
        rating = self.filter(user=user, movie=movie).first()
        if rating is None:
            rating = Rating(user=user, movie=movie)
            # The first two both find nothing before either writes, so both will insert.
            if next(arrivals[movie.pk]) < 2:
                both_looked[movie.pk].wait(timeout=60)
        rating.half_stars = to_half_stars(stars)
        rating.save()
        return rating

    monkeypatch.setattr(RatingQuerySet, "rate", look_then_write)
    movies = [make_movie(f"Movie {number}") for number in range(PAIRS)]
    both_looked = {movie.pk: threading.Barrier(2) for movie in movies}
    arrivals = {movie.pk: itertools.count() for movie in movies}
    counted = put_all(live_server, movies, sign_up(Client(), "carol"), puts=200)
    assert set(counted) - {200, 201}
