"""On a movie's page a rating is saved however quickly one leaves, and everything there follows."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from movies.models import Movie, Rating
from recommender.training import refit
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATUS = ".rating-status"


@pytest.fixture
def fan(alice: User, catalogue: list[Movie]) -> User:
    for movie in catalogue[:8:2]:
        Rating.objects.rate(alice, movie, 5)
    refit.refit(seed=1)
    return alice


def choose(page: Page, stars: str) -> None:
    page.locator(f'.rating-box input[value="{stars}"]').check(force=True)


def test_it_is_saved_when_one_leaves_at_once(
    window: Watched, fan: User, catalogue: list[Movie]
) -> None:
    page, movie = window.open(fan), catalogue[11]
    page.goto(movie.get_absolute_url())
    choose(page, "4.5")
    page.get_by_role("link", name="Browse").first.click()
    page.wait_for_url("**/movies/")
    # It was sent in leaving; that it is saved shows on a page that is asked for after.
    for _ in range(40):
        page.goto(movie.get_absolute_url())
        if page.locator('.rating-box input[value="4.5"]').is_checked():
            break
    assert Rating.objects.of(fan).get(movie=movie).stars == 4.5

    # Nothing waits any more: leaving again sends nothing.
    choose(page, "2.0")
    expect(page.locator(STATUS)).to_contain_text("Saved")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.get_by_role("link", name="Browse").first.click()
    page.wait_for_url("**/movies/")
    assert "POST" not in asked


def test_what_was_not_saved_can_be_chosen_again(
    window: Watched, fan: User, catalogue: list[Movie]
) -> None:
    page, movie = window.open(fan), catalogue[11]
    page.goto(movie.get_absolute_url())
    choose(page, "3.0")
    expect(page.locator(STATUS)).to_contain_text("Saved: 3 stars")
    page.route("**/rate/", lambda route: route.abort())
    choose(page, "4.0")
    expect(page.locator(STATUS)).to_contain_text("Not saved")
    expect(page.locator('.rating-box input[value="3.0"]')).to_be_checked()
    page.unroute("**/rate/")
    choose(page, "4.0")
    expect(page.locator(STATUS)).to_contain_text("Saved: 4 stars")
    assert Rating.objects.of(fan).get(movie=movie).stars == 4
    window.problems.clear()  # the console tells of the request that we broke


def test_the_page_follows_and_stays_steered(
    window: Watched, fan: User, catalogue: list[Movie]
) -> None:
    page, movie = window.open(fan), catalogue[11]
    others = Rating.objects.filter(movie=movie).count()
    page.goto(movie.get_absolute_url())
    newer = page.get_by_role("link", name="Newer", exact=True)
    newer.click()
    expect(newer).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile("steer=newer"))

    choose(page, "1.0")
    expect(page.locator(".bars-own")).to_contain_text("You gave 1 star.")
    # One more rating does not show in what everybody may see.
    expect(page.locator(".average")).to_contain_text(f"from {others} ratings")
    expect(newer).to_have_attribute("aria-current", "true")
    choose(page, "5.0")
    expect(page.locator(".bars-own")).to_contain_text("You gave 5 stars.")
    expect(page.locator("#predicted .big-stars")).to_have_count(0)
