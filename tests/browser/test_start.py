"""The first minute in a browser: from signing up to a list."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import StartingAnswer
from recommender.training import refit
from tests.browser.conftest import Watched
from tests.browser.test_journeys import listed, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def title(page: Page) -> str:
    return page.locator("#asking-title").inner_text()


def pick_even_groups(page: Page) -> int:
    """Tick the groups whose three movies are all even."""
    picked = 0
    for group in page.locator("label.group").all():
        numbers = [
            int(text.split()[1].rstrip(","))
            for text in group.locator(".group-titles > span").all_inner_texts()
        ]
        if all(number % 2 == 0 for number in numbers):
            group.click()
            picked += 1
    return picked


def evens(page: Page) -> list[bool]:
    return [int(text.split()[1]) % 2 == 0 for text in listed(page)[:8]]


def test_sign_up_pick_rate_and_see_the_list(window: Watched, catalogue: list[Movie]) -> None:
    refit.refit(seed=1)
    page = window.open()
    sign_up(page)
    expect(page.get_by_role("heading", name="Pick what you like to watch")).to_be_visible()
    assert pick_even_groups(page) >= 1
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("0 of 5")).to_be_visible()
    page.wait_for_load_state()  # without its scripts the page is loaded anew for each answer

    unseen = title(page)
    page.get_by_role("button", name="Haven’t seen it").click()
    expect(page.get_by_role("status").get_by_text("We won’t ask about")).to_be_visible()
    assert title(page) != unseen
    for number in range(1, 6):
        before = title(page)
        page.locator(".question .stars label").nth(8).click()
        expect(page.locator("#asking-title")).not_to_have_text(before)
        expect(page.locator("#asking-title")).to_be_focused()
        expect(page.locator(".slots .filled")).to_have_count(number)
    assert set(Rating.objects.filter(user__username="carol").values_list("half_stars")) == {(9,)}
    assert page.url.endswith("/start/rate/")  # nothing was reloaded
    page.get_by_role("link", name="See your list").click()
    expect(page.get_by_role("heading", name="Your top picks")).to_be_visible()
    assert sum(evens(page)) >= 7


def test_the_same_without_javascript(window: Watched, catalogue: list[Movie]) -> None:
    refit.refit(seed=1)
    page = window.open(java_script_enabled=False)
    sign_up(page)
    assert pick_even_groups(page) >= 1
    page.get_by_role("button", name="Continue").click()
    unseen = title(page)
    page.get_by_role("button", name="Haven’t seen it").click()
    assert title(page) != unseen
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("Choose from half a star")).to_be_visible()
    for _ in range(5):
        page.locator(".question .stars label").nth(8).click()
        page.get_by_role("button", name="Save and continue").click()
    assert Rating.objects.filter(user__username="carol").count() == 5

    page.locator("#own-q").fill("Story 22")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name=re.compile("Add to favourites.*Story 22")).click()
    expect(page.get_by_role("heading", name="Your favourites")).to_be_visible()
    page.locator("#favourites").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Your favourites")).to_have_count(0)
    page.get_by_role("link", name="See your list").click()
    assert sum(evens(page)) >= 7


def test_by_keyboard_alone(window: Watched, alice: User, catalogue: list[Movie]) -> None:
    refit.refit(seed=1)
    page = window.open(alice)
    page.goto("/start/")
    page.locator("input[name=groups]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start/rate/")
    first = title(page)
    page.locator(".question input[name=stars]").first.focus()
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    assert not Rating.objects.of(alice).exists()  # arrows choose, nothing is sent yet
    page.keyboard.press("Enter")
    expect(page.locator("#asking-title")).not_to_have_text(first)
    expect(page.locator("#asking-title")).to_be_focused()
    assert Rating.objects.of(alice).get().stars == 3.5


def test_search_rates_and_names_in_place(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    refit.refit(seed=1)
    page = window.open(alice)
    page.goto("/start/rate/")
    page.locator("#own-q").fill("Story 22")
    page.get_by_role("button", name=re.compile("Add to favourites.*Story 22")).click()
    expect(page.locator("#favourites")).to_contain_text("Story 22")
    assert StartingAnswer.objects.get().movie == catalogue[22]
    page.locator("#found .stars").first.locator("label").nth(9).click()
    expect(page.locator(".slots .filled")).to_have_count(1)
    expect(page.get_by_text("1 of 5")).to_be_visible()
    assert Rating.objects.of(alice).get().movie == catalogue[22]


def test_what_was_not_saved_says_so_and_asks_on(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    page = window.open(alice)
    page.goto("/start/rate/")
    first = title(page)
    page.route("**/start/answer/", lambda route: route.fulfill(status=503, body="away"))
    page.locator(".question .stars label").nth(7).click()
    expect(page.get_by_text("Not saved. Try again.")).to_be_visible()
    assert title(page) == first
    page.unroute("**/start/answer/")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("#asking-title")).not_to_have_text(first)
    assert Rating.objects.of(alice).get().stars == 4


def test_targets_are_large_and_nothing_is_cut_off(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    refit.refit(seed=1)
    page = window.open(alice)
    targets = page.locator("label.group, .question button, .start-buttons :is(button, .button)")
    halves = page.locator(".question .stars label")
    for address in ("/start/", "/start/rate/?q=story"):
        page.goto(address)
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            assert targets.count() >= 2
            assert all(target.bounding_box()["height"] >= 44 for target in targets.all())
            boxes = [half.bounding_box() for half in halves.all()]
            assert all(box["width"] >= 24 and box["height"] >= 48 for box in boxes)
    assert halves.count() == 10


def both_sides(page: Page) -> set[str]:
    """Titles that the try-out asks about and recommends at once."""
    asked = page.locator(".try-list .movie-title").all_inner_texts()
    picks = page.locator(".try-picks .movie-title").all_inner_texts()
    assert picks
    return {title.partition(" (")[0] for title in asked} & set(picks)


def test_a_visitor_skips_and_searches_in_place(window: Watched, catalogue: list[Movie]) -> None:
    refit.refit(seed=1)
    page = window.open()
    page.goto("/")
    first = page.locator("#try-list > li").first
    skipped = first.locator(".movie-title").inner_text()
    first.get_by_role("button", name="Haven’t seen it").click()
    expect(page.locator("#try-list .movie-title", has_text=skipped)).to_have_count(0)
    expect(page.locator("#try-list > li")).to_have_count(5)
    assert both_sides(page) == set()

    pick = page.locator(".try-picks .movie-title").first.inner_text()
    page.locator("#try-search").press_sequentially(pick)
    found = page.locator("#try-found li", has_text=pick).first
    expect(found).to_be_visible()
    expect(page.locator(".try-picks .movie-title", has_text=re.compile(f"^{pick}$"))).to_have_count(
        0
    )
    assert both_sides(page) == set()
    found.locator(".stars label").nth(9).click()
    expect(page.get_by_role("heading", name="You might like")).to_be_visible()
    expect(page.locator("#try-status")).to_contain_text("1 rating")
    expect(page.locator("#try-found li", has_text=pick)).to_have_count(1)
    expect(page.locator("#try-list > li")).to_have_count(5)
    assert both_sides(page) == set()
    found.get_by_role("button", name="Remove").click()
    expect(page.locator("#try-status")).to_contain_text("No account needed. Rate one")
    assert page.url.endswith("/")  # nothing was reloaded
