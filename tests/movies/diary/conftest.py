"""Movies with viewings of Alice's and one of Bob's."""

from collections.abc import Callable

import pytest

from accounts.models import User
from movies.models import Movie, Viewing
from movies.periods import Period


@pytest.fixture
def movie(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Amélie", 2001)


@pytest.fixture
def log() -> Callable[..., Viewing]:
    """A viewing on a date in ISO form: `log(alice, movie, "2026-03")`."""

    def log(user: User, movie: Movie, on: str = "", **fields: object) -> Viewing:
        return Viewing.objects.log(user, movie, Period.parse(on), **fields)

    return log
