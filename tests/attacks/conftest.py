"""A member with something to hide, and who attacks them."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from accounts.models import User
from movies.models import Movie
from tests.attacks.world import World, make_world


@pytest.fixture
def world(alice: User, make_movie: Callable[..., Movie]) -> World:
    cache.clear()
    return make_world(alice, [make_movie(f"Movie {number}", 1990 + number) for number in range(6)])
