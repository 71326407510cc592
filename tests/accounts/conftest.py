"""A user with ratings, marks, a list and a profile, beside another who has the same."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from accounts.models import User, set_profile
from movies.lists import entries, lifecycle
from movies.models import EarlierRating, Mark, Movie, Rating, Viewing
from movies.periods import Period


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
        Viewing.objects.log(user, movies[0], Period(2026, 3), note=note, tags=["b", "a"])
        EarlierRating.objects.create(
            user=user,
            movie=movies[0],
            half_stars=3,
            rated_at=datetime(2019, 5, 17, tzinfo=UTC),
            replaced_at=datetime(2020, 5, 17, tzinfo=UTC),
        )
        made = lifecycle.create(user, f"Sundays of {user.username}", visibility="link")
        entries.add(made, movies[0], note=note)
        set_profile(user, level="public", bio=f"I am {user.username}.")
    return movies
