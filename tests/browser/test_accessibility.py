"""No page has a fault that axe-core knows, in light and dark, wide and narrow.

Each page of `tests/site_pages.py` is loaded once and looked at in every way. A theme changes the
contrast alone, a width everything: all rules run at both widths, contrast in all four looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, Route, expect

from accounts.models import User, set_profile
from movies.models import Mark, Movie, MovieList, Rating
from recommender.training import refit
from tests.browser.conftest import Watched
from tests.movies.facts.made import give_the_third_man
from tests.movies.my_imports.states import imports_in_every_state
from tests.pages.test_all_pages import SHOWN, diary_of, shared_list
from tests.site_pages import MEMBER, NEWCOMER, OPERATOR, VISITOR, pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async (only) => {
  const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  const inShort = (id) => ({ html }) => id + ": " + html.slice(0, 120);
  return violations.flatMap(({ id, nodes }) => nodes.map(inShort(id)));
}"""
NARROWEST = 320
PARTS = 3  # of all pages, so that several browsers share them
# Pages in a state that an address alone does not bring about, beside those of the registry.
MORE = {
    VISITOR: ("/no/", "/try/", "/movies/?genre=crime"),
    MEMBER: ("/start/rate/?q=story", "/me/ratings/?q=zzz", "/me/diary/?q=zzz"),
}


def faults(page: Page, rule: str = "") -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    only = {"type": "rule", "values": [rule]} if rule else {"type": "tag", "values": RULES}
    return page.evaluate(LOOK, only)


def sticks_out(page: Page, width: int) -> Iterator[str]:
    if (more := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        yield f"{more} pixels wider than a window of {width}"


def seen_from_everywhere(page: Page) -> Iterator[str]:
    """What is wrong with the page that is open, in any look."""
    for scheme, width, rule in (
        *(("light", 1280, ""), ("dark", 1280, "color-contrast")),
        *(("dark", 390, ""), ("light", 390, "color-contrast")),
    ):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        yield from (f"{scheme}, {width}: {fault}" for fault in faults(page, rule))
        yield from sticks_out(page, width)
    page.set_viewport_size({"width": NARROWEST, "height": 700})
    yield from sticks_out(page, NARROWEST)


@pytest.fixture
def by_who(
    alice: User, bob: User, staff: User, catalogue: list[Movie]
) -> dict[str, tuple[User | None, list[str]]]:
    """Who looks, and where: a member with a history, a new one, the operator, a visitor."""
    refit.refit(seed=1)
    for movie in catalogue[:9]:
        Rating.objects.rate(alice, movie, 3.5)
    for movie in catalogue[9:14]:
        Mark.objects.add(alice, movie, Mark.Kind.WATCHLIST)
    Mark.objects.add(alice, catalogue[14], Mark.Kind.SEEN)
    Mark.objects.add(alice, catalogue[15], Mark.Kind.NOT_INTERESTED)
    set_profile(alice, **SHOWN)
    set_profile(bob, level="public", shows_ratings=True)
    made: MovieList = shared_list(alice, catalogue[4:12])
    imports_in_every_state(alice, catalogue)
    give_the_third_man(catalogue[20])
    everywhere = pages(catalogue[20], catalogue[1], made, diary_of(alice, catalogue[0]))
    people = {VISITOR: None, MEMBER: alice, NEWCOMER: bob, OPERATOR: staff}
    steered = f"{catalogue[20].get_absolute_url()}?steer=newer&more_of=drama"
    more = {**MORE, MEMBER: (*MORE[MEMBER], steered)}
    return {
        who: (people[who], [*paths.values(), *more.get(who, ())])
        for who, paths in everywhere.items()
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_fault(
    window: Watched, by_who: dict[str, tuple[User | None, list[str]]], part: int
) -> None:
    everything = [(who, path) for who, (_, paths) in by_who.items() for path in paths]
    found, open_for = {}, {}
    for who, path in everything[part::PARTS]:
        if who not in open_for:
            open_for[who] = window.open(by_who[who][0])
        status = open_for[who].goto(path).status
        wrong = list(seen_from_everywhere(open_for[who]))
        if status >= 500:
            wrong.append(f"answered with {status}")
        if wrong:
            found[f"{who}: {path}"] = wrong
    assert found == {}


def test_a_fault_would_be_seen(window: Watched) -> None:
    """The control: what the test above looks for, it finds."""
    page = window.open()
    page.goto("/movies/")
    page.evaluate(
        """() => {
          const wrong = document.createElement("div");
          wrong.innerHTML = "<button></button><p>pale</p>";
          wrong.lastChild.style.color = "rgb(250 245 240)";
          wrong.style.width = "500px";
          document.querySelector("main").append(wrong);
        }"""
    )
    found = "\n".join(seen_from_everywhere(page))
    assert "light, 1280: button-name" in found
    assert "light, 390: color-contrast" in found
    assert "dark, 1280: color-contrast" not in found
    assert "wider than a window of 320" in found


def test_what_opens_over_a_page_has_no_fault(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    page = window.open(alice, viewport={"width": 390, "height": 800}, color_scheme="dark")
    page.goto("/movies/")
    page.locator(".menu-button").click()
    expect(page.locator("#menu")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(".to-rate").first.click()
    page.locator(".rate-here button[value='4.5']").click()
    expect(page.locator(".toast")).to_contain_text("Saved")
    page.locator(".to-rate").nth(1).click()
    expect(page.locator(".rate-here")).to_be_visible()
    assert faults(page) == []
    page.locator(".rate-here .to-lists").click()
    expect(page.locator("dialog#lists")).to_be_visible()
    assert faults(page) == []


def test_every_half_star_is_a_target_of_24_pixels(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    page = window.open(alice, viewport={"width": 390, "height": 800})
    page.goto(catalogue[0].get_absolute_url())
    boxes = [label.bounding_box() for label in page.locator(".stars label").all()]
    assert len(boxes) == 10
    assert all(box["width"] >= 24 and box["height"] >= 44 for box in boxes)


def test_a_visitors_list_and_the_page_of_a_closed_site(
    window: Watched, catalogue: list[Movie], settings: LazySettings
) -> None:
    refit.refit(seed=1)
    page = window.open()
    page.goto("/")
    page.locator(".try-list label").nth(9).click()
    expect(page.locator("#try-status")).to_contain_text("1 rating")
    expect(page.get_by_role("heading", name="You might like")).to_be_visible()
    assert list(seen_from_everywhere(page)) == []
    settings.MAINTENANCE = True
    page.goto("/")
    expect(page.get_by_role("heading", name="We'll be right back")).to_be_visible()
    assert list(seen_from_everywhere(page)) == []


SEEN = """(type) => new Promise((resolve) => {
  new PerformanceObserver(() => resolve()).observe({ type, buffered: true });
})"""
LATE = re.compile(r"/static/(js|fonts)/")
# Every shift after the first paint, whatever came late.
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    shifts.push(value.toFixed(4) + " " + sources.map(({ node }) => node?.outerHTML?.slice(0, 80)));
}).observe({ type: "layout-shift", buffered: true });"""


def test_nothing_moves_while_a_page_loads(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    """Scripts and faces come after the first paint, as they may on a phone far from the site."""
    refit.refit(seed=1)
    for movie in catalogue[:9]:
        Rating.objects.rate(alice, movie, 3.5)
    for path in ("/", "/movies/", catalogue[20].get_absolute_url(), "/me/taste/", "/how-it-works/"):
        # A browser that was never here: nothing is kept, no worker stands between.
        page = window.open(alice, viewport={"width": 390, "height": 800})
        page.add_init_script(SHIFTS)
        assert shifts_when_late(page, path) == [], path


def shifts_when_late(page: Page, path: str) -> list[str]:
    held: list[Route] = []
    is_painted = False
    page.route(LATE, lambda route: route.continue_() if is_painted else held.append(route))
    page.goto(path, wait_until="commit")
    page.evaluate(SEEN, "paint")
    assert held, "something comes late"
    is_painted = True
    for route in held:
        route.continue_()
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    page.evaluate("new Promise(requestAnimationFrame)")
    return page.evaluate("shifts")


def test_a_shift_would_be_seen(window: Watched) -> None:
    """The control of the test above."""
    page = window.open()
    page.add_init_script(SHIFTS)
    page.goto("/movies/")
    page.evaluate("document.querySelector('main').style.marginTop = '200px'")
    page.evaluate(SEEN, "layout-shift")
    assert len(page.evaluate("shifts")) == 1
