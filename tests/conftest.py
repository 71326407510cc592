"""Fixtures for all tests.

`alice` owns what a test is about, `bob` is the stranger who must not touch it, `staff` runs the
site.
"""

import gc
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.models import User
from movies.models import Genre, Movie, Rating
from movies.search import descriptions, index, people
from movies.watching import choices, tonight, where
from recommender.serving import user_state
from tests import databases, migrated
from tests.chromium import browser
from tests.databases import pytest_addoption, pytest_ignore_collect
from tests.recommender.small_world import SmallWorld

__all__ = ["browser", "pytest_addoption", "pytest_ignore_collect"]

# Fixtures of a learned model: the kernels of the fit take seconds to load.
FITS = {"fitted"}

# An example takes as long as a busy machine lets it.
hypothesis.settings.register_profile("cfsite", deadline=None, derandomize=True)
hypothesis.settings.load_profile("cfsite")


@pytest.fixture(scope="session")
def django_db_keepdb(
    django_db_modify_db_settings: None, django_db_use_migrations: bool, django_db_keepdb: bool
) -> bool:
    """Whether the test database is there already: on SQLite, as a copy of a migrated one."""
    if connection.vendor != "sqlite" or not django_db_use_migrations or django_db_keepdb:
        return django_db_keepdb
    migrated.copy_to(Path(connection.settings_dict["TEST"]["NAME"]))
    return True


@pytest.fixture(autouse=True)
def fresh_limits_of_the_api() -> None:
    caches["limits"].clear()


@pytest.fixture
def transactional_db(transactional_db: None) -> Iterator[None]:
    """The tables are emptied after the test, but the one of the cache is no model's."""
    yield
    caches["default"].clear()


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(username: str, **fields: object) -> User:
        fields.setdefault("email", f"{username}@example.org")
        return get_user_model().objects.create_user(
            username=username, password="a good password 1", **fields
        )

    return make


@pytest.fixture
def alice(make_user: Callable[..., User]) -> User:
    return make_user("alice")


@pytest.fixture
def bob(make_user: Callable[..., User]) -> User:
    return make_user("bob")


@pytest.fixture
def staff(make_user: Callable[..., User]) -> User:
    return make_user("staff", is_staff=True, is_superuser=True)


@pytest.fixture
def alices_client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def bobs_client(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def staff_client(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def make_movie(db: None) -> Callable[..., Movie]:
    def make(title: str = "Alien", year: int | None = 1979, genres: str = "", **fields) -> Movie:
        movie = Movie.objects.create(title=title, year=year, **fields)
        for name in filter(None, genres.split("|")):
            genre, _ = Genre.objects.get_or_create(name=name, defaults={"slug": name.lower()})
            movie.genres.add(genre)
        return movie

    return make


@pytest.fixture
def make_rating(make_movie: Callable[..., Movie]) -> Callable[..., Rating]:
    def make(user: User, movie: Movie | None = None, stars: float = 4.0) -> Rating:
        return Rating.objects.rate(user, movie or make_movie(), stars)

    return make


@pytest.fixture(scope="session")
def small_world(django_db_setup: None, django_db_blocker: Any) -> SmallWorld:
    with django_db_blocker.unblock():
        return SmallWorld.make()


@pytest.fixture(autouse=True)
def no_language_of_another_test() -> None:
    """A request leaves its language behind in the thread, for the next request to replace."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def no_catalogue_of_another_test() -> None:
    for part in (index, people, descriptions, tonight, choices, where):
        part.forget()


@pytest.fixture(autouse=True)
def no_users_of_another_test() -> None:
    user_state.forget()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        # As with Ctrl-C: fixtures stop the servers that they started.
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Order and marks.

    Tests that wait for processes of their own come first: at the end, nothing would be left to do
    meanwhile. A test of a fitted model is left out by `bin/test --fast`.
    """
    databases.leave_out_what_ran(items, config)
    items.sort(key=lambda item: "redis" not in item.keywords)
    for item in items:
        if FITS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What is collected stays to the end: going through it was a twelfth of a long run."""
    gc.collect()
    gc.freeze()
