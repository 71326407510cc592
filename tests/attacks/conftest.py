"""A member with something to hide, and who attacks them."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User, set_profile
from movies.lists import entries, lifecycle
from movies.models import Genre, Mark, Movie, Rating, Viewing
from movies.periods import Period
from recommender.groups import membership
from tests.attacks.payloads import PAYLOADS
from tests.attacks.world import World, make_world
from tests.movies.facts.made import credit
from tests.site_pages import MEMBER, OPERATOR, VISITOR, pages


@pytest.fixture
def world(alice: User, make_movie: Callable[..., Movie]) -> World:
    cache.clear()
    return make_world(alice, [make_movie(f"Movie {number}", 1990 + number) for number in range(6)])


@pytest.fixture
def attacked(
    alice: User, staff: User, make_movie: Callable[..., Movie]
) -> tuple[dict[str, Client], dict[str, dict[str, str]]]:
    """A site on which everything that can be written is a payload."""
    cache.clear()
    genre = Genre.objects.create(name='<img src=x onerror="xyz">', slug="xyz")
    movies = [
        make_movie(text, 1980, description=text, original_title=text, tmdb_id=number)
        for number, text in enumerate(PAYLOADS, 1)
    ]
    for number, (movie, text) in enumerate(zip(movies, PAYLOADS, strict=True)):
        movie.genres.add(genre)
        credit(movies[number // 20], text, character=text)
        lifecycle.create(alice, text, description=text, visibility="public")
        if number % 3:
            Rating.objects.rate(alice, movie, 4)
        Viewing.objects.log(
            alice, movie, Period(2026, 1, 5), note=text, tags=[text.replace(",", "")[:30]]
        )
    Mark.objects.add(alice, movies[0], Mark.Kind.WATCHLIST)
    Mark.objects.add(alice, movies[3], Mark.Kind.NOT_INTERESTED)
    made = lifecycle.create(alice, PAYLOADS[4], is_numbered=True, visibility="public")
    for movie, text in zip(movies, PAYLOADS, strict=True):
        entries.add(made, movie, note=text)
    for text in PAYLOADS[:3]:
        membership.create(alice, text)
    shown = dict.fromkeys(("shows_ratings", "shows_lists", "shows_watchlist", "shows_taste"), True)
    bio = "\n".join(PAYLOADS[:12])[:500]
    set_profile(alice, level="public", display_name=PAYLOADS[14], bio=bio, **shown)
    clients = {VISITOR: Client(), MEMBER: Client(), OPERATOR: Client()}
    clients[MEMBER].force_login(alice)
    clients[OPERATOR].force_login(staff)
    return clients, pages(movies[0], movies[1], made, alice.viewings.first())
