"""Steering what is listed, in a browser: by mouse, by keyboard, in place."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from movies.models import Movie, Rating
from recommender.training import refit
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def listed(page: Page) -> list[str]:
    return page.locator("#picks .movie-title").all_inner_texts()


@pytest.fixture
def fan(alice: User, catalogue: list[Movie]) -> User:
    refit.refit(seed=1)
    for number in (0, 2, 4):
        Rating.objects.rate(alice, catalogue[number], 5)
    return alice


def test_boldness_in_place(window: Watched, fan: User) -> None:
    page = window.open(fan)
    page.goto("/")
    page.evaluate("window.stillHere = true; window.scrollTo(0, 60)")
    page.get_by_text("Off the beaten track").last.locator("..").click()
    expect(page.locator("#boldness-status")).to_contain_text("Off the beaten track")
    assert page.evaluate("window.stillHere && window.scrollY") == 60
    fan.refresh_from_db()
    assert fan.boldness == 2
    before = listed(page)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#boldness-status")).to_contain_text("Less known")
    expect(page.get_by_label("Less known")).to_be_focused()
    assert sorted(listed(page)) != [] != before

    page.route("**/me/boldness/", lambda route: route.fulfill(status=503, body="away"))
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#boldness-status")).to_contain_text("Not saved")
    fan.refresh_from_db()
    assert fan.boldness == 1


def test_boldness_without_javascript(window: Watched, fan: User) -> None:
    page = window.open(fan, java_script_enabled=False)
    page.goto("/")
    form = page.locator("form.boldness")
    form.get_by_text("Well known", exact=True).locator("..").click()
    form.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/#boldness$"))
    expect(page.get_by_role("status")).to_contain_text("Well known")
    expect(page.get_by_label("Well known", exact=True)).to_be_checked()


def test_similar_movies_are_steered_in_place(
    window: Watched, fan: User, catalogue: list[Movie]
) -> None:
    page = window.open(fan)
    url = catalogue[10].get_absolute_url()
    page.goto(url)
    titles = page.locator("#similar .movie-title")
    plain = titles.all_inner_texts()
    page.evaluate("window.stillHere = true")
    page.get_by_role("link", name="Newer").click()
    expect(page.get_by_role("link", name="Newer")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(r"\?steer=newer#similar$"))
    expect(page.get_by_role("link", name="Newer")).to_be_focused()
    assert page.evaluate("window.stillHere")
    newer = titles.all_inner_texts()
    assert newer != plain
    page.reload()
    assert titles.all_inner_texts() == newer, "the address is the state"
    page.get_by_role("link", name="Newer").click()
    expect(page).to_have_url(re.compile(rf"{re.escape(url)}#similar$"))
    assert titles.all_inner_texts() == plain
    page.go_back()
    expect(titles.first).to_have_text(newer[0])


def test_similar_movies_are_steered_without_javascript(
    window: Watched, fan: User, catalogue: list[Movie]
) -> None:
    page = window.open(fan, java_script_enabled=False)
    page.goto(catalogue[10].get_absolute_url())
    plain = page.locator("#similar .movie-title").all_inner_texts()
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_role("link", name="Older")).to_have_attribute("aria-current", "true")
    assert page.locator("#similar .movie-title").all_inner_texts() != plain
