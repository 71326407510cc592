"""Lists with scripts: onto a list from where a poster stands, and dragged into order."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import Movie, MovieList
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def titles(movie_list: MovieList) -> list[str]:
    return list(movie_list.entries.in_order().values_list("movie__title", flat=True))


def test_onto_a_list_from_a_poster_and_into_order(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    made = lifecycle.create(alice, "Rainy Sundays")
    for movie in catalogue[:3]:
        entries.add(made, movie)
    page = window.open(alice)
    page.goto("/movies/?order=title")
    page.locator(".wall > .movie", has_text="Story 13").locator(".to-rate").click()
    page.locator(".rate-here .to-lists").click()
    menu = page.locator("#lists")
    expect(menu).to_be_visible()
    menu.get_by_role("button", name="Rainy Sundays").click()
    expect(menu.get_by_role("status")).to_have_text("Added Story 13 to Rainy Sundays.")
    pressed = menu.get_by_role("button", name="Rainy Sundays")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    menu.get_by_label("New list").fill("Another")
    menu.get_by_role("button", name="Create and add").click()
    expect(menu.get_by_role("button", name="Another")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert titles(MovieList.objects.get(name="Another")) == ["Story 13"]

    page.goto(f"/lists/{made.pk}/edit/")
    page.locator(".entry").nth(3).drag_to(page.locator(".entry").nth(0))
    first = page.locator(".entry").first
    expect(first).to_have_attribute("data-place", "1")
    expect(first).to_contain_text("Story 13")
    down = page.get_by_role("button", name="Down: Story 13")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".entry").nth(1)).to_contain_text("Story 13")
    expect(page.get_by_role("button", name="Down: Story 13")).to_be_focused()
    assert titles(made) == ["Story 0", "Story 13", "Story 1", "Story 2"]
    moved = page.locator(".entry").nth(1)
    moved.locator("summary").click()
    moved.get_by_role("button", name="Remove").click()
    expect(page.locator(".entries-status")).to_contain_text("Removed Story 13 from the list.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".entry").nth(1)).to_contain_text("Story 13")
