"""A user with ratings, marks, a list and a profile, beside another who has the same."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from accounts.models import User, set_profile
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, Rating


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def history(alice: User, bob: User, make_movie: Callable[..., Movie]) -> list[Movie]:
    movies = [
        make_movie("Amélie, or: a “title”", 2001, imdb_id="tt0211915", tmdb_id=194),
        make_movie("千と千尋の神隠し", None),
    ]
    Rating.objects.rate(alice, movies[0], 4.5)
    Rating.objects.rate(alice, movies[1], 0.5)
    Mark.objects.add(alice, movies[1], "watchlist")
    Rating.objects.rate(bob, movies[0], 2)
    Mark.objects.add(bob, movies[0], "seen")
    for user, note in ((alice, "with tea"), (bob, "bobs own words")):
        made = lifecycle.create(user, f"Sundays of {user.username}", visibility="link")
        entries.add(made, movies[0], note=note)
        set_profile(user, level="public", bio=f"I am {user.username}.")
    return movies
