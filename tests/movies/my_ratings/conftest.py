"""Rated movies, for the tests of My ratings."""

from collections.abc import Callable
from itertools import count

import pytest

from accounts.models import User
from movies.models import Movie, Rating


@pytest.fixture
def rated(alice: User) -> Callable[..., list[Rating]]:
    numbers = count(1)

    def rated(n: int, stars: float = 3, user: User = alice) -> list[Rating]:
        movies = Movie.objects.bulk_create(
            Movie(title=f"Movie {k}", title_key=f"movie {k}", year=1990)
            for k in (next(numbers) for _ in range(n))
        )
        return [Rating.objects.rate(user, movie, stars) for movie in movies] and list(
            Rating.objects.of(user).filter(movie__in=movies).order_by("pk")
        )

    return rated
