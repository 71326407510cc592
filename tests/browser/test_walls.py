"""Walls: what a click or a tap rates, without scripts too; the list, and pages without end."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from movies.models import Movie, Rating
from tests.browser.conftest import Watched
from tests.browser.test_keyboard import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WALL = "/movies/?order=title"


def card_at(page: Page, place: int) -> Locator:
    return page.locator(".wall > .movie").nth(place)


def edges(locator: Locator) -> tuple[float, float, float, float]:
    box = locator.bounding_box()
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


@pytest.mark.parametrize("options", [{}, PHONE], ids=["pointer", "touch"])
def test_beside_an_open_control_nothing_rates(
    window: Watched, alice: User, catalogue: list[Movie], options: dict
) -> None:
    page = window.open(alice, **options)
    press = page.touchscreen.tap if options else page.mouse.click
    columns = 3 if options else 6
    middle = columns + 1
    for place in (middle - 1, middle + 1, middle - columns, middle + columns):
        page.goto(WALL)
        assert columns == page.locator(".wall").evaluate(
            "wall => getComputedStyle(wall).gridTemplateColumns.split(' ').length"
        )
        card, neighbour = card_at(page, middle), card_at(page, place)
        wanted = neighbour.locator("a").first.get_attribute("href")
        rate = card.get_by_role("link", name="Rate")
        rate.tap() if options else rate.click()
        control = card.locator(".rate-here")
        expect(control).to_be_visible()
        left, top, right, bottom = edges(control)
        outer = edges(card)
        assert (outer[0], outer[1]) <= (left, top)
        assert right <= outer[2]
        assert bottom <= edges(card_at(page, middle + columns))[1]
        for button in control.locator("button, a").all():
            size = button.bounding_box()
            assert min(size["width"], size["height"]) >= 24
        # The edge of the neighbour that is nearest to the control.
        x1, y1, x2, y2 = edges(neighbour.locator(".poster"))
        x = min(max((left + right) / 2, x1 + 2), x2 - 2)
        y = min(max((top + bottom) / 2, y1 + 2), y2 - 2)
        press(x, y)
        page.wait_for_url(f"**{wanted}", wait_until="commit")
    assert not Rating.objects.of(alice).exists()


def test_a_wall_by_the_keys(window: Watched, alice: User, catalogue: list[Movie]) -> None:
    page = window.open(alice)
    page.goto(WALL)
    card = card_at(page, 0)
    rate = card.get_by_role("link", name="Rate")
    rate.focus()
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="half a star", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(card.locator(".rate-here")).to_have_count(0)
    expect(rate).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, card.get_by_role("button", name="3.5 stars", exact=True))
    page.keyboard.press("Enter")
    expect(card.locator(".own > :first-child")).to_have_text("★ 3½")
    expect(page.locator("#toast")).to_contain_text("Saved: 3.5 stars")
    # Whoever goes on leaves no control behind.
    card_at(page, 1).get_by_role("link", name="Rate").click()
    tab_to(page, card_at(page, 2).locator("a").first)
    expect(page.locator(".rate-here")).to_have_count(0)
    assert [rating.stars for rating in Rating.objects.of(alice)] == [3.5]


def test_a_wall_without_scripts(window: Watched, alice: User, catalogue: list[Movie]) -> None:
    page = window.open(alice, java_script_enabled=False)
    page.goto(f"{WALL}&page=2")
    card = card_at(page, 0)
    title = card.locator(".movie-title").inner_text()
    card.get_by_role("link", name="Rate").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.get_by_role("radio", name="4 stars", exact=True).check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**{WALL}&page=2")
    expect(page.locator(".messages")).to_contain_text(f"Saved: 4 stars for {title}")
    expect(card_at(page, 0).locator(".own")).to_contain_text("★ 4")
    assert Rating.objects.of(alice).get().movie.title == title


def test_rating_a_movie_by_its_name_takes_three_actions(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    page = window.open(alice)
    page.goto("/movies/")
    page.locator("#site-search").fill("story 17")
    expect(page.locator("h1")).to_contain_text("story 17")
    card = page.locator("#results .movie", has_text="Story 17")
    card.get_by_role("link", name="Rate").click()
    card.get_by_role("button", name="4 stars", exact=True).click()
    expect(page.locator("#toast")).to_contain_text("Saved: 4 stars")
    assert Rating.objects.of(alice).get().movie.title == "Story 17"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_list_sorts_by_its_headings(
    window: Watched, alice: User, catalogue: list[Movie], scripts: bool
) -> None:
    Rating.objects.rate(alice, catalogue[7], 5)
    page = window.open(alice, java_script_enabled=scripts)
    page.goto("/movies/")
    page.get_by_role("button", name="List").click()
    rows = page.locator(".movie-table tbody tr")
    for heading, first, sort in (
        ("Yours", "Story 7", "descending"),
        ("Year", "Story 39", "descending"),
        ("Year", "Story 0", "ascending"),
        ("Title", "Story 0", "ascending"),
    ):
        page.get_by_role("columnheader", name=heading).get_by_role("link").click()
        expect(page.get_by_role("columnheader", name=heading)).to_have_attribute("aria-sort", sort)
        expect(rows.first.get_by_role("rowheader")).to_have_text(first)
    expect(rows).to_have_count(24)


def test_pages_without_end_and_the_end_of_a_session(
    window: Watched, alice: User, make_movie: object, catalogue: list[Movie]
) -> None:
    Movie.objects.bulk_create(
        Movie(title=f"Tale {n:02}", title_key=f"tale {n:02}", year=1990) for n in range(60)
    )
    page = window.open(alice)
    page.goto(WALL)
    expect(page.locator(".pages")).to_contain_text("Page 1 of 5")
    endless = page.get_by_role("button", name="Endless")
    endless.click()
    expect(endless).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state()  # the script that watches the end of the wall
    cards = page.locator(".wall > .movie")
    page.locator(".pages").scroll_into_view_if_needed()
    expect(cards).to_have_count(48)
    expect(page.locator(".pages")).to_contain_text("Page 2 of 5")
    page.context.clear_cookies(name="sessionid")
    page.locator(".pages").scroll_into_view_if_needed()
    page.wait_for_url(re.compile(r"/accounts/login/\?next="))
