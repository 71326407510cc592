"""Why, how sure and what if, with and without scripts, by keyboard too."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from movies.models import Movie, Rating
from recommender.training import refit
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def fan(alice: User, catalogue: list[Movie]) -> User:
    refit.refit(seed=1)
    for number in (0, 2, 4):
        Rating.objects.rate(alice, catalogue[number], 5)
    Rating.objects.rate(alice, catalogue[1], 1)
    return alice


@pytest.mark.parametrize("scripts", [True, False])
def test_what_if_shows_the_list_and_saves_nothing(
    window: Watched, fan: User, catalogue: list[Movie], scripts: bool
) -> None:
    page = window.open(fan, java_script_enabled=scripts)
    movie = catalogue[3]
    page.goto(movie.get_absolute_url())
    page.get_by_text("What if you rated it?").click()
    page.get_by_label("If you gave it").select_option("5 stars")
    if not scripts:
        page.get_by_role("button", name="Show my picks").click()
    expect(page.get_by_role("heading", name="if you gave Story 3 5 stars")).to_be_visible()
    expect(page.locator("ol.picks-list li")).to_have_count(12)
    assert ("/what-if/" in page.url) is not scripts
    expect(page.get_by_label("If you gave it")).to_have_value("5.0")
    assert Rating.objects.of(fan).count() == 4


@pytest.mark.parametrize("scripts", [True, False])
def test_every_part_can_be_read_in_a_table(
    window: Watched, fan: User, catalogue: list[Movie], scripts: bool
) -> None:
    page = window.open(fan, java_script_enabled=scripts)
    page.goto(catalogue[6].get_absolute_url())
    page.get_by_text("How the number adds up").click()
    if not scripts:
        page.get_by_role("link", name="Show every part").click()
    table = page.locator(".parts-table")
    expect(table).to_be_visible()
    assert ("/why/" in page.url) is not scripts
    expect(table.get_by_role("row", name="Story 0 (1980), 5 stars")).to_be_visible()
    expect(table.get_by_role("row", name="Total")).to_be_visible()
