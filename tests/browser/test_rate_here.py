"""Rating on a card: pointer, keys, a finger; honest when nothing was saved."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from movies.models import Mark, Movie, Rating, Viewing
from recommender.training import refit
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def fan(alice: User, catalogue: list[Movie]) -> User:
    for movie in catalogue[:8:2]:
        Rating.objects.rate(alice, movie, 5)
    refit.refit(seed=1)
    return alice


def card_of(page: Page, title: str) -> Locator:
    page.goto(f"/movies/?q={title}")
    return page.locator(".wall > .movie", has=page.get_by_text(title, exact=True))


def open_control(card: Locator) -> Locator:
    card.get_by_role("link", name="Rate").click()
    control = card.locator(".rate-here")
    expect(control).to_be_visible()
    return control


def test_by_pointer_with_undo_and_an_honest_failure(window: Watched, fan: User) -> None:
    page = window.open(fan)
    card = card_of(page, "Story 21")
    expect(card.locator(".predicted")).to_be_visible()
    open_control(card).get_by_role("button", name="4 stars", exact=True).click()
    expect(card.locator(".own")).to_contain_text("★ 4")
    expect(page.locator("#toast")).to_contain_text("Saved: 4 stars")
    rating = Rating.objects.of(fan).get(movie__title="Story 21")
    assert (rating.stars, rating.prediction_shown) == (4, True)

    # Nothing is saved: the stars from before come back, and one may try again.
    page.route("**/rate/", lambda route: route.abort())
    open_control(card).get_by_role("button", name="2 stars", exact=True).click()
    expect(page.locator("#toast")).to_contain_text("Not saved")
    expect(card.locator(".own")).to_contain_text("★ 4")
    page.unroute("**/rate/")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#toast")).to_contain_text("Saved: 2 stars")
    expect(card.locator(".own")).to_contain_text("★ 2")
    rating.refresh_from_db()
    assert (rating.stars, rating.prediction_shown) == (2, True)

    page.get_by_role("button", name="Undo").click()
    expect(card.locator(".own")).to_contain_text("★ 4")
    rating.refresh_from_db()
    assert rating.stars == 4
    window.problems.clear()  # the console tells of the request that we broke


def test_a_second_step_puts_it_in_the_diary(window: Watched, fan: User) -> None:
    page = window.open(fan)
    toast, card = page.locator("#toast"), card_of(page, "Story 21")
    open_control(card).get_by_role("button", name="4 stars", exact=True).click()
    toast.get_by_label("Watched on").fill("2026-03-05")
    toast.get_by_role("button", name="Add to diary").click()
    expect(toast).to_contain_text("In your diary: March 5, 2026")
    expect(card.locator(".own")).to_contain_text("★ 4")
    assert str(Viewing.objects.of(fan).get().watched) == "2026-03-05"
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("Removed from your diary.")
    expect(card.locator(".own")).to_contain_text("★ 4")
    assert not Viewing.objects.exists()

    # On the movie's page: the box above learns of it.
    page.goto(Movie.objects.get(title="Story 21").get_absolute_url())
    page.locator(".diary-box").get_by_label("Watched on").fill("2026-03-06")
    page.locator(".diary-box").get_by_role("button", name="Add to diary").click()
    expect(page.locator(".diary-box")).to_contain_text("March 6, 2026")
    expect(page.locator(".diary-said")).to_contain_text("In your diary")
    page.locator(".diary-box").get_by_label("Watched on").fill("9999-03-06")
    page.locator(".diary-box").get_by_role("button", name="Add to diary").click()
    expect(page.locator(".diary-said")).to_contain_text("This date is in the future.")
    window.problems.clear()  # the console tells of the refusal


def test_by_keys_only_where_the_focus_is(window: Watched, fan: User) -> None:
    page = window.open(fan)
    card = card_of(page, "Story 21")
    card.locator("a").first.focus()
    page.keyboard.press("Shift+Digit4")
    expect(page.locator("#toast")).to_contain_text("Saved: 3.5 stars")
    expect(card.locator(".own")).to_contain_text("★ 3½")
    # A first rating is taken back altogether, and the prediction stands there again.
    page.keyboard.press("Control+z")
    expect(card.locator(".predicted")).to_be_visible()
    assert not Rating.objects.of(fan).filter(movie__title="Story 21").exists()

    page.goto(Movie.objects.get(title="Story 21").get_absolute_url())
    page.get_by_label("Search movies").press("5")
    page.locator("input[name=stars]").first.focus()
    page.keyboard.press("Digit4")
    expect(page.locator(".rating-box .rating-status")).to_contain_text("Saved: 4 stars")
    assert Rating.objects.of(fan).get(movie__title="Story 21").stars == 4
    # What the page said of an unrated movie goes without loading it anew.
    expect(page.locator("#predicted .big-stars")).to_have_count(0)
    expect(page.get_by_role("heading", name="Why")).to_have_count(0)


def test_by_a_finger_and_never_as_somebody_logged_out(window: Watched, fan: User) -> None:
    page = window.open(fan, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    card = card_of(page, "Story 21")
    card.get_by_role("link", name="Rate").tap()
    page.context.clear_cookies(name="sessionid")
    card.get_by_role("button", name="4 stars", exact=True).tap()
    page.wait_for_url(re.compile(r"/accounts/login/\?next=/movies/"))
    assert not Rating.objects.of(fan).filter(movie__title="Story 21").exists()


def test_marks_are_set_and_taken_away_where_the_poster_stands(window: Watched, fan: User) -> None:
    page = window.open(fan)
    toast, card = page.locator("#toast"), card_of(page, "Story 21")
    open_control(card).get_by_role("button", name="Watched").click()
    expect(toast).to_contain_text("Marked as watched: Story 21.")
    expect(card.locator(".put-away")).to_have_text("watched")
    toast.get_by_role("button", name="Undo").click()
    expect(card.locator(".put-away")).to_have_count(0)
    expect(toast).to_contain_text("We may recommend Story 21 to you again.")
    assert not Mark.objects.exists()

    Mark.objects.add(fan, Movie.objects.get(title="Story 21"), "not_interested")
    card = card_of(page, "Story 21")
    card.locator(".put-away").click()
    expect(toast).to_contain_text("We may recommend Story 21 to you again.")
    expect(card.locator(".put-away")).to_have_count(0)
    assert not Mark.objects.exists()
    toast.get_by_role("button", name="Undo").click()
    expect(card.locator(".put-away")).to_have_text("not interested")

    Mark.objects.add(fan, Movie.objects.get(title="Story 21"), "watchlist")
    page.goto("/me/watchlist/")
    page.get_by_role("button", name=re.compile("Remove")).click()
    expect(toast).to_contain_text("Removed Story 21 from your watchlist.")
    expect(page.locator(".wall > .movie")).to_be_hidden()
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator(".wall > .movie")).to_be_visible()
    assert Mark.objects.filter(kind="watchlist").exists()
