"""One visit from the first look to the taste page, with scripts and without, wide and narrow."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import TriedRating
from recommender.training import refit
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "carol"


def star(form: Locator, words: str) -> Locator:
    return form.get_by_label(words, exact=True)


def give(page: Page, form: Locator, words: str, scripted: bool) -> None:
    star(form, words).click()
    if not scripted:
        form.get_by_role("button", name="Save").click()


def try_it(page: Page, scripted: bool) -> None:
    """Five stars for whatever even movies are asked about, the least for odd ones."""
    for number in range(1, 4):
        unrated = page.locator(".try-list > li:not(:has(input:checked))").first
        item = page.locator(f"#{unrated.get_attribute('id')}")
        title = item.locator(".movie-title").inner_text()
        even = int(re.search(r"Story (\d+)", title)[1]) % 2 == 0
        give(page, item.locator("form"), "5 stars" if even else "half a star", scripted)
        expect(page.locator(".try-rate")).to_contain_text(f"{number} rating")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scripted", [True, False], ids=["scripts", "no-scripts"])
def test_a_whole_visit(window: Watched, catalogue: list[Movie], scripted: bool, width: int) -> None:
    refit.refit(seed=1)
    page = window.open(java_script_enabled=scripted, viewport={"width": width, "height": 900})
    page.goto("/")
    before = page.locator(".try-picks .movie-title").all_inner_texts()
    try_it(page, scripted)
    picks = page.locator(".try-picks .movie-title").all_inner_texts()
    assert picks != before
    assert all(int(title.split()[1]) % 2 == 0 for title in picks[:4])

    page.get_by_role("link", name="Sign up to keep your ratings").click()
    page.get_by_label("User name").fill(NAME)
    page.get_by_label("Email").fill(f"{NAME}@example.org")
    page.get_by_label("Password").fill("mauve-teapot-77")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Pick what you like to watch")).to_be_visible()
    carol = User.objects.get(username=NAME)
    assert carol.ratings.count() == 3, "what was tried came along"

    page.locator("label.group").first.click()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#asking-title")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Your top picks")).to_be_visible()
    first = page.locator("#picks .movie-title").first.inner_text()

    # What is not interesting is gone from the list at once.
    page.locator("#picks .movie a").first.click()
    expect(page.get_by_role("heading", name=first, level=1)).to_be_visible()
    page.get_by_role("button", name="Not interested").click()
    expect(page.get_by_role("button", name="Not interested")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.goto("/")
    assert first not in page.locator("#picks .movie-title").all_inner_texts()
    assert Mark.objects.get().movie.title == first

    # Found in spite of a typing error; like it, others; rated, and taken back.
    page.get_by_label("Search movies").fill("stroy 26")
    page.get_by_label("Search movies").press("Enter")
    expect(page.locator(".browse-list .movie-title").first).to_have_text("Story 26")
    page.goto(catalogue[26].get_absolute_url())
    page.get_by_role("link", name="Newer").click()
    expect(page.get_by_role("link", name="Newer")).to_have_attribute("aria-current", "true")
    assert "steer=newer" in page.url
    give(page, page.locator("form.rating").first, "4.5 stars", scripted)
    expect(page.get_by_role("main")).to_contain_text("Saved: 4.5")
    assert Rating.objects.get(user=carol, movie=catalogue[26]).stars == 4.5
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("removed", re.IGNORECASE))
    assert not Rating.objects.filter(user=carol, movie=catalogue[26]).exists()

    page.goto("/me/taste/")
    expect(page.get_by_role("heading", name="Your taste")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width if scripted else True


def test_a_try_that_was_not_saved_says_so_and_is_sent_again(
    window: Watched, catalogue: list[Movie]
) -> None:
    refit.refit(seed=1)
    page = window.open()
    page.goto("/")
    form = page.locator(".try-list form").first
    page.route("**/try/", lambda route: route.fulfill(status=503, body="away"))
    star(form, "4.5 stars").click()
    expect(form).to_contain_text("Not saved")
    page.unroute("**/try/")
    # As quickly as one can click: an answer puts nothing in place that is being clicked.
    form.get_by_role("button", name="Save").click()
    for number in (1, 2, 3):
        star(page.locator(".try-list form").nth(number), "4 stars").click()
    expect(page.locator("#try-status")).to_contain_text("4 ratings so far")
    expect(form).not_to_contain_text("Not saved")
    assert sorted(TriedRating.objects.values_list("half_stars", flat=True)) == [8, 8, 8, 9]
    expect(page.locator(".try-list input:checked")).to_have_count(4)
    form.get_by_role("button", name="Remove").click()
    expect(page.locator("#try-status")).to_contain_text("3 ratings so far")
    expect(page.locator(".try-list input:checked")).to_have_count(3)


def test_rating_where_the_poster_stands(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    Rating.objects.rate(alice, catalogue[0], 5)
    refit.refit(seed=1)
    page = window.open(alice)
    page.goto("/")
    card, toast = page.locator("#picks .movie").first, page.locator("#toast")
    card.get_by_role("link", name="Rate").click()
    page.locator(".rate-here button[value='4.5']").click()
    expect(toast).to_contain_text("Saved: 4.5 stars")
    expect(card.locator(".own > :first-child")).to_have_text("★ 4½")
    toast.get_by_role("button", name="Undo").click()
    expect(card.locator(".predicted")).to_be_visible()
    assert Rating.objects.of(alice).count() == 1

    # The keys, on a focused poster only: 4 with shift is three and a half.
    card.locator("a").first.focus()
    page.keyboard.press("Shift+Digit4")
    expect(card.locator(".own > :first-child")).to_have_text("★ 3½")
    expect(toast).to_contain_text("Saved: 3.5 stars")
    page.locator("#site-search").focus()
    page.keyboard.press("5")
    expect(page.locator("#site-search")).to_have_value("5")
    assert Rating.objects.of(alice).order_by("-pk").first().stars == 3.5

    # What was not saved says so, shows what is true, and tries again.
    page.route("**/rate/", lambda route: route.fulfill(status=503, body="away"))
    card.locator("a").first.focus()
    page.keyboard.press("1")
    expect(toast).to_contain_text("Not saved")
    expect(card.locator(".own > :first-child")).to_have_text("★ 3½")
    page.unroute("**/rate/")
    toast.get_by_role("button", name="Retry").click()
    expect(toast).to_contain_text("Saved: 1 star")
    assert Rating.objects.of(alice).order_by("-pk").first().stars == 1


def test_results_come_while_one_types(window: Watched, catalogue: list[Movie]) -> None:
    page = window.open()
    page.goto("/")
    page.goto("/movies/?order=title")
    page.get_by_label("Search movies").press_sequentially("stroy 31", delay=20)
    expect(page.locator(".browse-list .movie-title").first).to_have_text("Story 31")
    assert "q=stroy" in page.url
    # What was typed on the way is not gone back through, letter by letter.
    page.go_back()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))


def test_without_a_network_there_is_a_page(window: Watched, alice: User) -> None:
    page = window.open(alice)
    page.goto("/me/settings/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/me/settings/")  # now the worker stands between
    protocol = page.context.new_cdp_session(page)
    missing = protocol.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The window of a test is a private one; nothing else may stand against installing.
    assert {one["errorId"] for one in missing} <= {"in-incognito"}
    assert protocol.send("Page.getAppManifest")["errors"] == []
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_class("theme-dark scripted")
    page.context.set_offline(True)
    page.goto("/me/ratings/")
    expect(page.get_by_role("heading", name="You're offline")).to_be_visible()
    expect(page.locator("html")).to_have_class("theme-dark")
    kept = page.evaluate(
        "caches.keys().then(names => caches.open(names[0])).then(cache => cache.keys())"
        ".then(requests => requests.map(request => new URL(request.url).pathname))"
    )
    assert kept
    assert all(path == "/offline/" or path.startswith("/static/") for path in kept)
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="My ratings")).to_be_visible()


def test_the_page_holds_at_double_size(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    """Zoomed to 200 %, a window of 1280 pixels has the room of 640."""
    refit.refit(seed=1)
    Rating.objects.rate(alice, catalogue[0], 4)
    page = window.open(alice, viewport={"width": 640, "height": 450}, device_scale_factor=2)
    for address in ("/", "/movies/", catalogue[5].get_absolute_url(), "/me/taste/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address
        expect(page.get_by_role("main")).to_be_visible()
