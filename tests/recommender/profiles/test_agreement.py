"""How far two tastes agree, shown to those who show each other their ratings."""

import pytest
from django.test import Client

from accounts.models import User, set_profile
from movies.models import Movie, Rating
from tests.recommender.profiles.conftest import PAGE, text_of

WORDS = "a correlation of"


@pytest.fixture
def common(alice: User, bob: User, movies: list[Movie]) -> None:
    for movie, one, other in zip(movies, (1, 2, 3, 4, 5), (1, 2, 3, 4, 4.5), strict=False):
        Rating.objects.rate(alice, movie, one)
        Rating.objects.rate(bob, movie, other)


def test_only_of_two_who_show_each_other(
    bobs_client: Client, client: Client, alice: User, bob: User, common: None
) -> None:
    set_profile(alice, level="public", shows_ratings=True)
    assert WORDS not in text_of(bobs_client.get(PAGE))
    set_profile(bob, level="private", shows_ratings=True)
    assert WORDS not in text_of(bobs_client.get(PAGE))
    set_profile(bob, level="members", shows_ratings=False)
    assert WORDS not in text_of(bobs_client.get(PAGE))
    set_profile(bob, shows_ratings=True)
    page = text_of(bobs_client.get(PAGE))
    assert "Based on 5 movies you've both rated. Correlation: 0.99" in page
    assert "You have very similar taste" in page
    assert WORDS not in text_of(client.get(PAGE))
    set_profile(alice, shows_ratings=False)
    assert WORDS not in text_of(bobs_client.get(PAGE))


def test_too_few_movies_say_nothing(
    bobs_client: Client, alice: User, bob: User, movies: list[Movie], common: None
) -> None:
    for user in (alice, bob):
        set_profile(user, level="public", shows_ratings=True)
    Rating.objects.unrate(bob, movies[0])
    assert WORDS not in text_of(bobs_client.get(PAGE))
