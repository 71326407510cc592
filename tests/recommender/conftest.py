"""The recommender's tests live in the small world of `small_world.py`."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from movies import published_figures
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from recommender.serving import model_cache
from tests.recommender.small_world import SmallWorld


@pytest.fixture(autouse=True)
def no_model_from_another_test() -> None:
    model_cache.forget_model()


@pytest.fixture
def two_tastes(db: None, small_world: SmallWorld) -> list[Movie]:
    """The movies, in order; every person has rated three quarters of them."""
    return small_world.rated()


@pytest.fixture
def fitted(two_tastes: list[Movie], small_world: SmallWorld) -> TrainingRun:
    """The active run, which learned from all ratings."""
    run = small_world.fitted()
    published_figures.publish_due()
    return run


@pytest.fixture
def even_fan(alice: User, two_tastes: list[Movie]) -> User:
    """Alice, after she gave five stars to five even movies and one to two odd ones.

    All at one moment, a minute ago: what a test rates is newer, and by how much does not depend on
    the second in which it runs.
    """
    before = timezone.now() - timedelta(minutes=1)
    for number in (0, 2, 4, 6, 8):
        Rating.objects.rate(alice, two_tastes[number], 5, rated_at=before)
    for number in (1, 3):
        Rating.objects.rate(alice, two_tastes[number], 1, rated_at=before)
    return alice


@pytest.fixture
def numbers(two_tastes: list[Movie]) -> Callable[[list[int]], list[int]]:
    """From movie ids to the movies' places in `two_tastes`."""
    places = {movie.pk: place for place, movie in enumerate(two_tastes)}
    return lambda ids: [places[pk] for pk in ids]
