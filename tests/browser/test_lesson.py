"""The explained arithmetic under one's hands: the browser works out what the server does."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATH = "/how-it-works/"
SHOWN = "[data-person-factor], [data-movie-factor], [data-predicted], [data-hand], [data-error]"


def numbers(page: Page) -> list[str]:
    return page.locator(SHOWN).all_text_contents()


def test_sliders_and_epochs_say_what_the_server_says(window: Watched) -> None:
    page, plain = window.open(), window.open(java_script_enabled=False)
    page.goto(PATH)
    page.get_by_role("slider", name="action").first.fill("0.35")
    expect(page.locator("[data-total]").first).to_have_text("1.287")
    page.locator("#epoch").fill("12")
    expect(page.locator("[data-epoch]")).to_have_text("12")
    assert "epoch=12" in page.url
    plain.goto(page.url)
    assert numbers(page) == numbers(plain)
    totals = [one.locator("[data-total]").all_text_contents() for one in (page, plain)]
    assert totals[0] == totals[1]
    # One way through the epochs at a time.
    expect(page.get_by_role("link", name="Next epoch")).to_be_hidden()
    expect(plain.get_by_role("button", name="Play")).to_be_hidden()
    plain.get_by_role("link", name="Next epoch").click()
    expect(plain.locator("[data-epoch]")).to_have_text("13")


def test_it_plays_to_the_end_and_can_be_halted(window: Watched) -> None:
    page = window.open()
    page.goto(f"{PATH}?epoch=35")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.locator("[data-epoch]")).to_have_text("40")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert "epoch=40" in page.url
