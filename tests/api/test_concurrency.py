"""Tests that concurrent ratings are neither lost nor doubled nor answered with an error."""

import itertools
import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating, RatingQuerySet
from movies.stars import to_half_stars
from tests.api.conftest import API
from tests.api.test_access import sign_up

PUTS, PAIRS, THREADS = 200, 5, 20


def put(url: str, token: dict[str, str], stars: float) -> int:
    request = Request(
        url,
        json.dumps({"stars": stars}).encode(),
        {"Content-Type": "application/json", **token},
        method="PUT",
    )
    try:
        with urlopen(request, timeout=60) as response:
            return response.status
    except HTTPError as error:
        return error.code


def put_all(live_server: Any, movies: list[Movie], token: dict[str, str]) -> Counter:
    def one(number: int) -> int:
        movie = movies[number % PAIRS]
        return put(
            f"{live_server.url}{API}/movies/{movie.pk}/rating/", token, number % 10 / 2 + 0.5
        )

    with ThreadPoolExecutor(THREADS) as threads:
        return Counter(threads.map(one, range(PUTS)))


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
    counted = put_all(live_server, movies, sign_up(Client(), "carol"))
    assert set(counted) - {200, 201}
