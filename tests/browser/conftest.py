"""Chromium against a live server; no request may leave it, no policy may be broken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from accounts.sessions import SessionStore
from movies import published_figures
from movies.models import Movie, Rating
from movies.models.triggers import rating_counts
from tests.chromium import PATIENCE
from tests.recommender.conftest import no_model_from_another_test

__all__ = ["no_model_from_another_test"]


@pytest.fixture
def db(transactional_db: None) -> None:
    rating_counts.install(connection)
    # The table of the cache belongs to no model, so emptying the database leaves it full.
    cache.clear()


# Messages on the console that say nothing is wrong.
NO_PROBLEM = (
    # Answers with 4xx, which some tests are about.
    "Failed to load resource",
    "Response Status Error Code",
    # A request that a newer one replaced (hx-sync), or that the end of the test cut off. One that
    # failed says htmx:sendError.
    "htmx:sendAbort",
    "htmx:afterRequest",
)


@dataclass
class Watched:
    """Windows of the browser, and what went wrong in any of them."""

    browser: Browser
    address: str
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, user: User | None = None, **options: object) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = self.browser.new_context(base_url=self.address, **options)
        self.contexts.append(context)
        if user:
            context.add_cookies([self._session(user)])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", self._look_at_request)
        page.on("console", lambda message: self._look_at_console(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def _look_at_request(self, request: object) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.problems.append(f"a request to {request.url}")

    def _look_at_console(self, text: str) -> None:
        if not any(expected in text for expected in NO_PROBLEM):
            self.problems.append(text)

    def _session(self, user: User) -> dict[str, str]:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        name = settings.SESSION_COOKIE_NAME
        return {"name": name, "value": session.session_key, "url": self.address}


@pytest.fixture
def window(browser: Browser, live_server: object, db: None) -> Iterator[Watched]:
    watched = Watched(browser, live_server.url)
    yield watched
    for context in watched.contexts:
        context.close()
    assert not watched.problems


@pytest.fixture
def catalogue(db: None, make_movie: Callable[..., Movie]) -> list[Movie]:
    """Forty movies and forty raters who like either the even or the odd ones."""
    genres = ("Crime|Drama", "Comedy|Romance")
    movies = [make_movie(f"Story {n}", 1980 + n, genres[n % 2]) for n in range(40)]
    people = User.objects.bulk_create(
        User(username=f"set:{n}", is_active=False, is_dataset_member=True) for n in range(40)
    )
    Rating.objects.bulk_create(
        Rating(user=user, movie=movie, half_stars=9 if (n + number) % 2 == 0 else 3)
        for n, user in enumerate(people)
        for number, movie in enumerate(movies)
        if (7 * n + 3 * number) % 4
    )
    published_figures.publish_due()
    return movies
