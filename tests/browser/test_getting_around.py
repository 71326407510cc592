"""The top of a phone's page, few actions for the commonest tasks, and the way back."""

import re
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from movies.models import Mark, Movie, Rating, Viewing
from recommender.training import refit
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MY_PAGES = ["ratings", "diary", "watched", "watchlist", "lists", "year/2026", "taste", "hidden"]


@dataclass
class Counted:
    """A page, and how often its user has pressed something or typed into something."""

    page: Page
    actions: int = 0

    def press(self, what: Locator) -> None:
        what.click()
        self.actions += 1

    def type(self, where: Locator, text: str) -> None:
        where.press_sequentially(text)
        self.actions += 1

    def open_by_search(self, movie: Movie) -> None:
        self.type(self.page.locator("#site-search"), movie.title)
        # Suggestions for less than the whole title are replaced once more.
        expect(self.page.locator(".suggestions")).to_contain_text(
            f"All results for “{movie.title}”"
        )
        self.press(self.page.locator(f".suggestions a[href*='/{movie.pk}-']"))
        self.page.wait_for_url(f"**{movie.get_absolute_url()}")


@pytest.fixture
def member(alice: User, catalogue: list[Movie]) -> User:
    refit.refit(seed=1)
    for movie in catalogue[:6]:
        Rating.objects.rate(alice, movie, 4)
    return alice


@pytest.fixture
def at_home(window: Watched, member: User) -> Counted:
    page = window.open(member)
    page.goto("/")
    return Counted(page)


def test_the_top_of_a_phones_page_is_no_navigation(window: Watched, member: User) -> None:
    page = window.open(member, viewport={"width": 390, "height": 800})
    for name in MY_PAGES:
        page.goto(f"/me/{name}/")
        tabs = page.locator("main > .tabs").bounding_box()
        assert tabs["y"] + tabs["height"] <= 96, name
        assert page.locator(".tabs [aria-current]").bounding_box()["height"] >= 44
    page.goto("/")
    assert page.locator("h1").bounding_box()["y"] <= 96


def test_tonights_list_takes_no_action(at_home: Counted) -> None:
    expect(at_home.page.locator(".wall .movie")).to_have_count(12)
    first = at_home.page.locator(".wall .movie").first.bounding_box()
    assert first["y"] < 400
    for name in ("All movies in this order", "More for you"):
        assert at_home.page.get_by_role("link", name=name).bounding_box()["y"] < first["y"]


def test_the_best_of_one_genre_take_two(at_home: Counted) -> None:
    page = at_home.page
    at_home.press(page.get_by_role("link", name="All movies in this order"))
    at_home.press(page.get_by_role("link", name=re.compile("Romance")).first)
    page.wait_for_url(re.compile("genre=romance"))
    assert "order=for_you" in page.url
    assert at_home.actions == 2


def test_rating_a_movie_by_its_name_takes_three(
    at_home: Counted, catalogue: list[Movie], member: User
) -> None:
    at_home.open_by_search(catalogue[20])
    at_home.press(at_home.page.locator(".rating-box .stars label").nth(8))
    expect(at_home.page.locator(".rating-status").first).to_contain_text("4.5")
    assert Rating.objects.get(user=member, movie=catalogue[20]).stars == 4.5
    assert at_home.actions == 3


def test_putting_a_pick_on_the_watchlist_takes_two(at_home: Counted, member: User) -> None:
    page = at_home.page
    at_home.press(page.locator(".wall .movie > a").first)
    watchlist = page.locator(".marks").get_by_role("button", name="Watchlist")
    at_home.press(watchlist)
    expect(watchlist).to_have_attribute("aria-pressed", "true")
    assert Mark.objects.get(user=member).kind == Mark.Kind.WATCHLIST
    assert at_home.actions == 2


def test_a_viewing_with_its_date_takes_four(
    at_home: Counted, catalogue: list[Movie], member: User
) -> None:
    at_home.open_by_search(catalogue[20])
    diary = at_home.page.locator(".diary-box")
    diary.locator("[name=on]").fill("2026-10-03")
    at_home.actions += 1
    at_home.press(diary.get_by_role("button", name="Add to diary"))
    expect(diary.get_by_role("link", name=re.compile("Oct.* 3, 2026"))).to_be_visible()
    viewing = Viewing.objects.get(user=member)
    assert (viewing.movie, viewing.watched_on) == (catalogue[20], date(2026, 10, 3))
    assert at_home.actions == 4


def test_the_way_back_shows_the_rating_just_given(
    window: Watched, member: User, catalogue: list[Movie]
) -> None:
    """Playwright's Chromium keeps no live page to go back to (bfcache)."""
    page = window.open(member)
    page.goto(catalogue[20].get_absolute_url())
    star = page.locator(".rating-box .stars input").nth(8)
    page.locator(".rating-box .stars label").nth(8).click()
    expect(page.locator(".rating-status").first).to_contain_text("4.5")
    page.goto("/accuracy/")
    page.go_back()
    page.wait_for_url(f"**{catalogue[20].get_absolute_url()}")
    expect(page.locator(".rating-box [name=remove]")).to_be_visible()
    expect(star).to_be_checked()


def test_a_list_left_behind_knows_it_as_well(
    window: Watched, member: User, catalogue: list[Movie]
) -> None:
    page = window.open(member)
    page.goto("/")
    link = page.locator(".wall .movie > a").first
    rated = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{rated}")
    page.locator(".rating-box .stars label").nth(8).click()
    expect(page.locator(".rating-status").first).to_contain_text("4.5")
    page.go_back()
    expect(page.get_by_role("heading", name="Your top picks")).to_be_visible()
    expect(page.locator(f".wall a[href='{rated}']")).to_have_count(0)


def test_nothing_lies_over_the_kinds_of_movies(window: Watched, bob: User, member: User) -> None:
    for width, height in ((1280, 900), (1280, 600), (390, 700)):
        page = window.open(bob, viewport={"width": width, "height": height})
        page.goto("/start/")
        kinds = page.locator("label.group").all()
        assert len(kinds) >= 2
        for place in (0, 150, 300):
            page.mouse.wheel(0, place)
            assert covered(page) == []


def covered(page: Page) -> list[str]:
    """Names of the kinds that are in sight as a whole, but not at every one of their corners."""
    return page.evaluate("""() => [...document.querySelectorAll("label.group")].filter((kind) => {
      const box = kind.getBoundingClientRect();
      if (box.top < 0 || box.bottom > innerHeight) return false;
      const at = [[box.left + 5, box.top + 5], [box.right - 20, box.bottom - 20]];
      return !at.every(([x, y]) => document.elementFromPoint(x, y)?.closest("label") === kind);
    }).map((kind) => kind.innerText)""")
