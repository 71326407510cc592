"""A whole visit with nothing but keys, on a wide screen and on a narrow one."""

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.training import refit
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 90  # presses of Tab; a page has no more stops on the way to its main action
FOCUS = "element => element === document.activeElement"
RING = "element => getComputedStyle(element).outlineStyle"


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press until the target has the focus, which can be seen on it or on what it labels."""
    expect(target).to_be_attached()
    for _ in range(PATIENCE):
        page.keyboard.press(key)
        if target.evaluate(FOCUS):
            return
    raise AssertionError(f"{target} cannot be reached by {key}")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_visit_by_the_keys(
    window: Watched, alice: User, catalogue: list[Movie], width: int
) -> None:
    refit.refit(seed=1)
    page = window.open(alice, viewport={"width": width, "height": 800})
    page.goto("/me/watchlist/")
    movie = catalogue[17]

    # Past the header in one step; back up to the search.
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    assert page.locator(":focus").evaluate(RING) == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, page.locator("#site-search"), "Shift+Tab")
    page.keyboard.type("stroy 17")
    page.keyboard.press("Enter")

    found = page.locator("#results .movie a").first
    expect(found).to_contain_text("Story 17")
    tab_to(page, found)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{movie.get_absolute_url()}")

    # The stars are one stop, the arrows walk along them.
    tab_to(page, page.locator("input[name=stars]").first)
    page.keyboard.press("Space")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    status = page.locator(".rating-status").first
    expect(status).to_contain_text("Saved: 4 stars")
    assert Rating.objects.of(alice).get().stars == 4
    tab_to(page, status.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    expect(page.locator("input[name=stars]:checked")).to_have_count(0)
    assert not Rating.objects.of(alice).exists()

    watchlist = page.get_by_role("main").get_by_role("button", name="Watchlist")
    tab_to(page, watchlist)
    page.keyboard.press("Enter")
    expect(watchlist).to_have_attribute("aria-pressed", "true")
    assert Mark.objects.filter(user=alice, movie=movie, kind=Mark.Kind.WATCHLIST).exists()

    _my_movies_by_the_keys(page, is_wide=width > 1000)
    tab_to(page, page.locator(".my-pages").get_by_role("link", name="Watchlist"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/watchlist/")
    expect(page.locator(".wall .movie-title")).to_have_text("Story 17")


def _my_movies_by_the_keys(page: Page, *, is_wide: bool) -> None:
    """The menu opens and closes by Escape where it was opened; a link leads on."""
    opens, menu = page.locator(".menu-button"), page.locator("#menu")
    tab_to(page, opens, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    tab_to(page, menu.get_by_role("link", name="Settings"))
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opens).to_be_focused()
    if is_wide:
        tab_to(page, page.locator(".site-nav").get_by_role("link", name="My movies"), "Shift+Tab")
    else:
        page.keyboard.press("Space")
        tab_to(page, menu.get_by_role("link", name="My movies"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/ratings/")
