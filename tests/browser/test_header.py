"""The header on a phone: one line and a menu, also by the keys and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ONE_LINE = 64
LONG = "a_very_long_name_of_an_operator"


def size(page: Page, selector: str) -> dict[str, float]:
    return page.locator(selector).bounding_box()


def test_the_menu_of_a_phone_needs_no_javascript(window: Watched, staff: User) -> None:
    page = window.open(
        staff,
        java_script_enabled=False,
        reduced_motion="reduce",  # what still grows cannot be measured
        viewport={"width": 320, "height": 700},
        extra_http_headers={"Accept-Language": "de"},
    )
    page.goto("/me/taste/")
    assert size(page, ".site-header")["height"] <= ONE_LINE
    opens, menu = page.locator(".menu-button"), page.locator("#menu")
    assert min(size(page, ".menu-button")["width"], size(page, ".menu-button")["height"]) >= 44
    expect(menu).to_be_hidden()

    opens.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link").first).to_be_focused()
    assert all(link.bounding_box()["height"] >= 44 for link in menu.get_by_role("link").all())
    assert menu.locator("[aria-current=true]").get_attribute("href") == "/me/ratings/"
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opens).to_be_focused()

    opens.click()
    expect(menu).to_be_visible()
    page.mouse.click(20, 690)
    expect(menu).to_be_hidden()
    opens.click()
    menu.get_by_role("link", name="Profil").click()
    expect(page).to_have_url(f"{window.address}/me/profile/")
    expect(menu).to_be_hidden()


def test_it_is_one_line_at_every_width(window: Watched, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(username=LONG, language="de")
    for user in (staff, None):
        page = window.open(user, extra_http_headers={"Accept-Language": "de"})
        page.goto("/movies/")
        for width in (320, 390, 480, 700, 960, 1055, 1056, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 700})
            assert size(page, ".site-header")["height"] <= ONE_LINE, width
            assert page.evaluate("document.documentElement.scrollWidth") <= width, width
            assert size(page, "#site-search")["width"] >= 120, width
