"""Movies, and a list of Alice's with three of them."""

from collections.abc import Callable

import pytest

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import Movie, MovieList


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [make_movie(f"Story {n}", 1990 + n, genres="Drama") for n in range(4)]


@pytest.fixture
def alices_list(alice: User, movies: list[Movie]) -> MovieList:
    made = lifecycle.create(alice, "Rainy Sundays")
    for movie in movies[:3]:
        entries.add(made, movie)
    return made
