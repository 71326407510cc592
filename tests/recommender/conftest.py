"""A small world with a clear order: people like either the even movies or the odd ones."""

import random
from collections.abc import Callable

import pytest

from accounts.models import User
from movies import published_figures
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from recommender.serving import model_cache
from recommender.training import refit

N_MOVIES, N_PEOPLE = 40, 40


@pytest.fixture(autouse=True)
def no_model_from_another_test() -> None:
    model_cache.forget_model()


@pytest.fixture
def two_tastes(db: None) -> list[Movie]:
    """The movies, in order; every person has rated three quarters of them."""
    draw = random.Random(1)
    movies = [
        Movie.objects.create(title=f"Movie {number}", year=1980 + number)
        for number in range(N_MOVIES)
    ]
    people = User.objects.bulk_create(
        User(username=f"set:{n}", is_active=False, is_dataset_member=True) for n in range(N_PEOPLE)
    )
    Rating.objects.bulk_create(
        Rating(user=user, movie=movie, half_stars=draw.choice(_liking(n, number)))
        for n, user in enumerate(people)
        for number, movie in enumerate(movies)
        if draw.random() < 0.75
    )
    return movies


def _liking(person: int, movie: int) -> tuple[int, ...]:
    return (8, 9, 10) if person % 2 == movie % 2 else (1, 2, 3)


@pytest.fixture
def fitted(two_tastes: list[Movie]) -> TrainingRun:
    run = refit.refit(seed=7)
    published_figures.publish_due()
    assert run.state == TrainingRun.State.READY, run.reason
    return run


@pytest.fixture
def even_fan(alice: User, two_tastes: list[Movie]) -> User:
    """Alice, after she gave five stars to five even movies and one to two odd ones."""
    for number in (0, 2, 4, 6, 8):
        Rating.objects.rate(alice, two_tastes[number], 5)
    for number in (1, 3):
        Rating.objects.rate(alice, two_tastes[number], 1)
    return alice


@pytest.fixture
def numbers(two_tastes: list[Movie]) -> Callable[[list[int]], list[int]]:
    """From movie ids to the movies' places in `two_tastes`."""
    places = {movie.pk: place for place, movie in enumerate(two_tastes)}
    return lambda ids: [places[pk] for pk in ids]
