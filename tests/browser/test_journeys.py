"""What a person does, from the first visit to a list of their own."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from recommender.training import refit, run_lock
from tests.browser.conftest import Watched
from tests.site import eventually, running_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def sign_up(page: Page, name: str = "carol") -> None:
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Sign up").click()
    page.get_by_label("User name").fill(name)
    page.get_by_label("Email").fill(f"{name}@example.org")
    page.get_by_label("Password").fill("mauve-teapot-77")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("banner").get_by_role("button", name=name)).to_be_visible()


def listed(page: Page) -> list[str]:
    return page.locator("main .movie-title").all_inner_texts()


def give(page: Page, movie: Movie, words: str) -> None:
    """Click the star with this name on the movie's page and wait until it is stored."""
    page.goto(movie.get_absolute_url())
    page.locator("form.rating").get_by_label(words, exact=True).click()
    expect(page.locator(".rating-status").first).to_contain_text("Saved")


def test_from_sign_up_to_a_list_served_by_a_new_run(
    window: Watched, catalogue: list[Movie], tmp_path: Path
) -> None:
    first_run = refit.refit(seed=1)
    page = window.open()
    sign_up(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="What have you seen?")).to_be_visible()

    for number in (0, 2, 4):
        give(page, catalogue[number], "5 stars")
    page.goto("/")
    expect(page.get_by_role("heading", name="Your top picks")).to_be_visible()
    before = listed(page)
    assert all(int(title.split()[1]) % 2 == 0 for title in before[:8])

    # Two ratings more, no refit: the list changes at once and is without them.
    for number in (6, 8):
        give(page, catalogue[number], "half a star")
    page.goto("/")
    after = listed(page)
    assert after != before
    assert not {"Story 6", "Story 8"} & set(after)
    assert TrainingRun.objects.active() == first_run

    # A worker process of its own refits; the same page is then served from the new run.
    run_lock.request()
    with running_site(tmp_path, REDIS_URL="", CFSITE_REFIT_TICK="1") as site:
        site.worker()
        site.beat()
        second = eventually(
            lambda: (run := TrainingRun.objects.active()) != first_run and run, 60, "a refit"
        )
    answer = page.request.get("/api/v1/recommendations/").json()
    assert answer["run"] == second.pk
    page.goto("/")
    assert not {f"Story {n}" for n in (0, 2, 4, 6, 8)} & set(listed(page))


def test_the_whole_way_without_javascript(window: Watched, catalogue: list[Movie]) -> None:
    refit.refit(seed=1)
    page = window.open(java_script_enabled=False)
    sign_up(page)
    page.goto("/")
    form = page.locator("form.rating").first
    form.get_by_label("4 stars", exact=True).click()
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_contain_text("Saved: 4 stars for ")
    rating = Rating.objects.get(user__username="carol")

    page.get_by_role("link", name="My movies").click()
    form = page.locator("form.rating").first
    expect(form.get_by_label("4 stars", exact=True)).to_be_checked()
    form.get_by_label("1.5 stars", exact=True).click()
    form.get_by_role("button", name="Save").click()
    rating.refresh_from_db()
    assert rating.stars == 1.5
    page.get_by_role("button", name="Undo").click()
    rating.refresh_from_db()
    assert rating.stars == 4
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You haven’t rated anything yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("form.rating")).to_have_count(1)

    page.goto(catalogue[3].get_absolute_url())
    page.get_by_role("button", name="Watchlist").click()
    page.get_by_role("link", name="My movies").click()
    page.get_by_role("link", name="Watchlist").click()
    expect(page.locator(".wall .movie-title")).to_have_text("Story 3")
    page.get_by_label("Search movies").fill("stroy 17")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".movie-title").first).to_have_text("Story 17")
    page.get_by_role("banner").get_by_role("button", name="carol").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()


def test_rating_by_keyboard_alone(window: Watched, alice: User, catalogue: list[Movie]) -> None:
    page = window.open(alice)
    page.goto(catalogue[0].get_absolute_url())
    page.locator("input[name=stars]").first.focus()
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".rating-status")).to_contain_text("Saved: 3.5 stars")
    # On the way there nothing was stored: arrow keys choose at once, saving waits.
    rating = Rating.objects.of(alice).get()
    assert rating.stars == 3.5
    assert rating.rated_at == rating.updated_at
    expect(page.get_by_label("3.5 stars", exact=True)).to_be_focused()


def test_remove_and_undo_in_place(window: Watched, alice: User, catalogue: list[Movie]) -> None:
    Rating.objects.rate(alice, catalogue[0], 4.5)
    page = window.open(alice)
    page.goto(catalogue[0].get_absolute_url())
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".rating-status")).to_contain_text("Rating removed")
    expect(page.locator("input[name=stars]:checked")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("4.5 stars", exact=True)).to_be_checked()
    assert Rating.objects.of(alice).get().stars == 4.5


def test_what_was_not_saved_says_so(window: Watched, alice: User, catalogue: list[Movie]) -> None:
    page = window.open(alice)
    page.goto(catalogue[0].get_absolute_url())
    page.route("**/rate/", lambda route: route.fulfill(status=503, body="away"))
    page.locator("form.rating").get_by_label("4 stars", exact=True).click()
    expect(page.locator(".rating-status")).to_contain_text("Not saved")
    page.unroute("**/rate/")
    page.locator("form.rating").get_by_label("4.5 stars", exact=True).click()
    expect(page.locator(".rating-status")).to_contain_text("Saved: 4.5 stars")


def test_a_script_that_does_not_come_takes_nothing_away(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    page = window.open(alice)
    page.route("**/js/member.js", lambda route: route.abort())
    page.goto(catalogue[0].get_absolute_url())
    save = page.locator("form.rating").get_by_role("button", name="Save")
    assert not save.is_visible(), "where scripts run, it waits for them"
    save.wait_for()
    page.locator("form.rating").get_by_label("4 stars", exact=True).click()
    save.click()
    expect(page.locator(".messages")).to_contain_text("Saved: 4 stars")


def test_marks_in_place(window: Watched, alice: User, catalogue: list[Movie]) -> None:
    page = window.open(alice)
    page.goto(catalogue[0].get_absolute_url())
    button = page.get_by_role("button", name="Not interested")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", re.compile("false"))
