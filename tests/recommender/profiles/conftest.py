"""A user with a history, and helpers for pages of profiles."""

from collections.abc import Callable
from html import unescape

import pytest

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, Rating

PAGE, SETTINGS = "/people/alice/", "/me/profile/"
ALL = {"shows_ratings": True, "shows_lists": True, "shows_watchlist": True, "shows_taste": True}


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [make_movie(f"Story {n}", 1990 + n, genres="Drama") for n in range(12)]


@pytest.fixture
def history(alice: User, movies: list[Movie]) -> list[Movie]:
    """Alice loves 0, hates 1, wants 2, is not interested in 3, and has a list with 4 on it."""
    Rating.objects.rate(alice, movies[0], 5)
    Rating.objects.rate(alice, movies[1], 0.5)
    Mark.objects.add(alice, movies[2], "watchlist")
    Mark.objects.add(alice, movies[3], "not_interested")
    for name, visibility in (("Mine", "private"), ("Shared", "link"), ("Open", "public")):
        made = lifecycle.create(alice, name, visibility=visibility)
        entries.add(made, movies[4])
    return movies


def text_of(answer: object) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def body(**changes: object) -> dict[str, object]:
    return {"level": "public", "display_name": "", "bio": ""} | changes
