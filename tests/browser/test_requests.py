"""A member misses a movie, the operator adds it in two clicks, the member finds and rates it."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from movies.models import Movie, Rating
from tests.browser.conftest import Watched
from tests.browser.test_accessibility import seen_from_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_asking_to_rating(
    window: Watched, catalogue: list[Movie], alice: User, staff: User
) -> None:
    member = window.open(alice)
    member.goto("/movies/?q=stalker")
    member.get_by_role("link", name="Ask for it").click()
    expect(member.get_by_label("Title")).to_have_value("stalker")
    member.get_by_label("Title").fill("Stalker")
    member.get_by_label("Year").fill("1979")
    member.get_by_label("Link").fill("https://www.imdb.com/title/tt0079944/")
    member.get_by_role("button", name="Ask for it").click()
    expect(member.get_by_text("We’ll tell you when “Stalker (1979)” is here")).to_be_visible()
    expect(member.locator(".movie-requests")).to_contain_text("Waiting")
    assert list(seen_from_everywhere(member)) == []

    operator = window.open(staff)
    operator.goto("/admin/movies/movierequest/")
    expect(operator.get_by_text("Stalker (1979)")).to_be_visible()
    operator.locator("#result_list").get_by_role("link", name="Add").click()
    operator.get_by_role("button", name="Add movie").click()
    expect(operator.get_by_text("Stalker (1979) is in the catalogue")).to_be_visible()

    member.goto("/movies/request/")
    expect(member.locator(".movie-requests")).to_contain_text("Added")
    member.goto("/movies/?q=stalker")
    member.locator("main").get_by_role("link", name="Stalker").first.click()
    member.wait_for_url(re.compile(r"/movies/\d+-stalker"))  # and its scripts
    member.locator("form.rating").get_by_label("5 stars", exact=True).click()
    expect(member.locator(".rating-status").first).to_contain_text("Saved")
    rating = Rating.objects.get(user=alice)
    assert (rating.movie.title, rating.movie.imdb_id, rating.stars) == ("Stalker", "tt0079944", 5)
