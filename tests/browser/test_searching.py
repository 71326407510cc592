"""Searching by typing: suggestions in the header, results while one types, and the way back."""

import pytest
from playwright.sync_api import expect

from movies.models import Movie
from tests.browser.conftest import Watched
from tests.browser.test_accessibility import seen_from_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_titles_are_suggested_and_reached_by_keys(window: Watched, catalogue: list[Movie]) -> None:
    page = window.open()
    page.goto("/accuracy/")
    field, links = page.locator("#site-search"), page.locator(".suggestions a")
    place = page.locator("main").bounding_box()
    field.press_sequentially("story 1")
    expect(links.first).to_be_visible()
    assert page.locator("main").bounding_box() == place, "nothing moves"
    assert list(seen_from_everywhere(page)) == []
    page.keyboard.press("Escape")
    expect(links.first).to_be_hidden()
    field.fill("story 2")
    expect(links.first).to_be_visible()
    page.keyboard.press("Tab")
    expect(links.first).to_be_focused()
    wanted = links.first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")


def test_typing_leaves_one_page_to_go_back_from(window: Watched, catalogue: list[Movie]) -> None:
    page = window.open()
    page.goto("/accuracy/")
    page.goto("/movies/")
    field = page.locator("#site-search")
    for letters in ("st", "ory", " 1"):
        field.press_sequentially(letters)
        page.wait_for_url(lambda url, letters=letters: url.endswith(letters.strip()))
    expect(page.locator("h1")).to_contain_text("story 1")
    assert page.title().startswith("story 1")
    page.go_back()
    page.wait_for_url("**/accuracy/")
    page.go_forward()
    page.wait_for_url(lambda url: "/movies/?q=story" in url)
    expect(page.locator("#results h1")).to_contain_text("story 1")
