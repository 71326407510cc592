"""The admin's pages work in a browser under the site's content security policy."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from playwright.sync_api import Browser

from accounts.models import User
from cfsite.operations import heartbeats
from cfsite.operations.models import Heartbeat
from movies.models import Mark, Movie, Rating
from recommender.models import TrainingRun
from tests.admin.chromium import Window, window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def opened(browser: Browser, live_server: Any, staff_client: Client) -> Iterator[Window]:
    with window(browser, live_server.url, staff_client) as opened:
        yield opened


def test_it_works_without_a_complaint(
    opened: Window,
    alice: User,
    make_movie: Callable[..., Movie],
    make_run: Callable[..., TrainingRun],
) -> None:
    movie = make_movie("Amélie", 2001, genres="Comedy")
    Rating.objects.rate(alice, movie, 4.5)
    Mark.objects.add(alice, movie, Mark.Kind.SEEN)
    run = make_run()
    make_run(state="running", phase="storing", done=1, total=2, finished_at=None)
    every = IntervalSchedule.objects.create(every=1, period="minutes")
    task = PeriodicTask.objects.create(name="a task", task="x", interval=every)
    for path in (
        "",
        *("movies/movie/", f"movies/movie/{movie.pk}/change/", "movies/movie/add/"),
        *(f"movies/movie/{movie.pk}/delete/", f"movies/movie/{movie.pk}/history/"),
        *("movies/rating/", "movies/rating/add/", "movies/mark/", "movies/genre/add/"),
        *("movies/factfetch/", "movies/person/", "movies/person/add/"),
        *("accounts/user/", f"accounts/user/{alice.pk}/change/", "accounts/user/add/"),
        f"accounts/user/{alice.pk}/password/",
        *("recommender/trainingrun/", f"recommender/trainingrun/{run.pk}/change/"),
        *("django_celery_beat/periodictask/", "password_change/"),
        f"django_celery_beat/periodictask/{task.pk}/change/",
        *("auth/group/add/", "django_celery_beat/intervalschedule/add/", "operations/alert/"),
    ):
        opened.open(f"/admin/{path}")
        assert opened.complaints == [], path
    assert Group.objects.count() == 0


def test_genres_are_picked_by_typing(opened: Window, make_movie: Callable[..., Movie]) -> None:
    make_movie("Other", genres="Comedy|Drama")
    movie = make_movie("Amélie", 2001)
    page = opened.page
    opened.open(f"/admin/movies/movie/{movie.pk}/change/")
    page.locator(".field-genres .select2-search__field").click()
    # The widget asks for everything first and takes that question back when one types meanwhile.
    page.locator(".select2-results__option", has_text="Drama").wait_for()
    page.keyboard.type("com")
    page.locator(".select2-results__option", has_text="Drama").wait_for(state="detached")
    page.locator(".select2-results__option", has_text="Comedy").click()
    page.locator("input[name=_save]").click()
    page.wait_for_selector(".messagelist .success")
    assert [genre.name for genre in movie.genres.all()] == ["Comedy"]
    assert opened.complaints == []


def test_a_rating_is_added_by_typing(
    opened: Window, alice: User, make_movie: Callable[..., Movie]
) -> None:
    make_movie("Amélie", 2001)
    page = opened.page
    opened.open("/admin/movies/rating/add/")
    for field, typed in (("user", "ali"), ("movie", "amelie")):
        page.locator(f".field-{field} .select2-selection").click()
        page.locator(".select2-search--dropdown .select2-search__field").fill(typed)
        page.locator(".select2-results__option--highlighted:not(.loading-results)").click()
    page.locator("#id_half_stars").select_option("9")
    page.locator("input[name=_save]").click()
    page.wait_for_selector(".messagelist .success")
    assert Rating.objects.get().stars == 4.5
    assert opened.complaints == []


def test_refit_now_is_a_button(opened: Window, make_run: Callable[..., TrainingRun]) -> None:
    make_run()
    for name in heartbeats.needed():
        Heartbeat.objects.beat(name, "here", 1)
    opened.open("/admin/recommender/trainingrun/")
    opened.page.get_by_role("button", name="Refit now").click()
    opened.page.wait_for_selector(".messagelist .success")
    assert TrainingRun.objects.queued().exists()
    assert opened.complaints == []


def test_a_refused_style_would_be_noticed(opened: Window) -> None:
    """The control: the tests above see a violation when there is one."""
    opened.open("/admin/")
    opened.page.evaluate("document.body.setAttribute('style', 'color: red')")
    opened.page.evaluate(
        "document.body.appendChild(document.createElement('style')).textContent = 'x{}'"
    )
    opened.page.wait_for_timeout(200)
    assert opened.complaints


def test_only_a_request_that_the_page_took_back_is_no_complaint(opened: Window) -> None:
    """The control: what fails is noticed, what was given up by the page itself is not."""
    page = opened.page
    opened.open("/admin/")
    page.route("**/slow/", lambda _: None)  # never answered
    with page.expect_event("requestfailed"):
        page.evaluate(
            """async () => {
                const asking = new AbortController();
                const answer = fetch("/slow/", {signal: asking.signal}).catch(() => {});
                setTimeout(() => asking.abort(), 50);
                await answer;
            }"""
        )
    assert opened.complaints == []
    page.route("**/gone/", lambda route: route.abort("connectionrefused"))
    with page.expect_event("requestfailed"):
        page.evaluate("fetch('/gone/').catch(() => {})")
    assert any("/gone/" in complaint for complaint in opened.complaints)
    assert any(complaint.startswith("failed:") for complaint in opened.complaints)
