"""The taste map under a pointer, from the keyboard, and without any script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from movies.models import Movie, Rating
from recommender.training import refit
from tests.browser.conftest import Watched
from tests.browser.test_accessibility import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def raters_page(window: Watched, alice: User, catalogue: list[Movie]) -> Callable[..., Page]:
    """Alice's taste page, after twelve ratings and a refit."""
    refit.refit(seed=1)
    for number, movie in enumerate(catalogue[:12]):
        Rating.objects.rate(alice, movie, 4.5 if number % 2 else 1.5)

    def go(**options: object) -> Page:
        page = window.open(alice, **options)
        page.goto("/me/taste/")
        return page

    return go


def test_a_point_says_its_title_and_leads_to_its_movie(raters_page: Callable[..., Page]) -> None:
    page = raters_page()
    point = page.locator(".map-points circle").last
    title = point.get_attribute("aria-label")
    assert re.match(r"Story \d+ \(\d{4}\): ", title)
    point.hover()
    expect(page.locator(".map-tip text")).to_have_text(title)
    assert faults(page) == []
    point.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title.split(" (")[0])


def test_the_map_is_one_stop_of_the_tab_key_and_arrows_walk_it(
    raters_page: Callable[..., Page],
) -> None:
    page = raters_page()
    assert page.locator('.map-points [tabindex="0"]').count() == 1
    page.locator('.map-points [tabindex="0"]').focus()
    first = page.evaluate("document.activeElement.id")
    seen = {first}
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        seen.add(page.evaluate("document.activeElement.id"))
    assert len(seen) > 2
    assert page.locator('.map-points [tabindex="0"]').count() == 1
    expect(page.locator(".map-tip text")).to_have_text(
        page.evaluate("document.activeElement.getAttribute('aria-label')")
    )
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/movies/\d+-story-"))


def test_another_plane_and_a_genre_without_a_new_page(raters_page: Callable[..., Page]) -> None:
    page = raters_page()
    page.evaluate("window.here = true")
    page.get_by_text("Change the map").click()
    page.locator("select[name=x]").select_option("3")
    name = page.locator("select[name=x] option:checked").inner_text()
    expect(page.locator("#taste-map-title")).to_contain_text(f"{name} across")
    page.locator("select[name=genre]").select_option("comedy")
    expect(page.locator(".map-points .dim circle")).to_have_count(20)
    expect(page.locator(".map-points circle[role=link]")).to_have_count(20)
    assert page.evaluate("window.here")
    assert "x=3" in page.url
    assert "genre=comedy" in page.url
    page.reload()
    expect(page.locator(".map-points .dim circle")).to_have_count(20)
    assert faults(page) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_complete_without_javascript(raters_page: Callable[..., Page], width: int) -> None:
    page = raters_page(java_script_enabled=False, viewport={"width": width, "height": 800})
    expect(page.locator(".map-points circle title")).to_have_count(40)
    page.get_by_text("Change the map").click()
    page.locator("select[name=y]").select_option("3")
    name = page.locator("select[name=y] option:checked").inner_text()
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#taste-map-title")).to_contain_text(f"{name} up")
    page.get_by_text("The map as a table").click()
    page.locator(".taste-table").get_by_role("link", name="Story 3", exact=False).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Story 3")


def test_nothing_sticks_out_at_320_pixels(raters_page: Callable[..., Page]) -> None:
    page = raters_page(viewport={"width": 320, "height": 700})
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
