"""What the tests of the API share."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.models import Movie, Rating
from tests.recommender.conftest import (  # noqa: F401
    even_fan,
    fitted,
    no_model_from_another_test,
    two_tastes,
)

API = "/api/v1"


@pytest.fixture
def queries() -> Callable[[Client, str], int]:
    """How many queries an answer takes."""

    def count(client: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        assert response.status_code == 200, response.content
        asked = [query["sql"] for query in captured.captured_queries]
        assert not [sql for sql in asked if "SAVEPOINT" in sql], "an answer to a GET writes"
        return len(asked)

    return count


@pytest.fixture
def crowd(make_user: Callable[..., User]) -> Callable[[Movie, list[float]], None]:
    """Ratings of one movie by as many people as there are stars given."""

    def rate(movie: Movie, stars: list[float]) -> None:
        for place, given in enumerate(stars):
            person, _ = User.objects.get_or_create(username=f"crowd{place}")
            Rating.objects.rate(person, movie, given)

    return rate
