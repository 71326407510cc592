"""No page has a fault that axe-core knows, in light and dark, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender import training
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOR_VISITORS = [
    "/", "/movies/", "/movies/?q=zzz", "/accounts/login/", "/accounts/signup/", "/no/",
    "/accuracy/", "/offline/",
]  # fmt: skip
FOR_MEMBERS = [
    "/", "/?shelves=all", "/movies/?genre=crime",
    "/me/ratings/", "/me/ratings/?edit=1", "/me/ratings/days/", "/me/year/", "/me/watchlist/",
    "/me/hidden/", "/me/taste/",
    "/accounts/email/", "/accounts/password/change/", "/me/settings/", "/me/erase/",
    "/movies/?order=for_you", "/start/", "/start/rate/?q=story",
]  # fmt: skip
LOOKS = [("light", 1280), ("dark", 390)]


def faults(page: object) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": RULES}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_faults(
    window: Watched, alice: User, bob: User, catalogue: list[Movie], scheme: str, width: int
) -> None:
    training.refit(seed=1)
    for movie in catalogue[:5]:
        Rating.objects.rate(alice, movie, 3.5)
        Mark.objects.add(alice, movie, "watchlist")
    Mark.objects.add(alice, catalogue[7], "seen")
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    visitor, member, newcomer = (window.open(user, **look) for user in (None, alice, bob))
    movie = catalogue[6].get_absolute_url()
    what_if = f"/movies/{catalogue[6].pk}/what-if/?stars=2"
    for page, addresses in (
        (visitor, [*FOR_VISITORS, movie, what_if]),
        (
            member,
            [
                *FOR_MEMBERS,
                movie,
                f"{movie}?steer=newer&more_of=drama",
                what_if,
                catalogue[0].get_absolute_url(),
            ],
        ),
        (newcomer, ["/", "/me/ratings/", "/me/taste/", "/start/", "/start/rate/"]),
    ):
        for address in addresses:
            page.goto(address)
            assert faults(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_nothing_is_cut_off_at_320_pixels(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    Rating.objects.rate(alice, catalogue[0], 3.5)
    page = window.open(alice, viewport={"width": 320, "height": 700})
    for address in (*FOR_MEMBERS, catalogue[0].get_absolute_url()):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_every_half_star_is_a_target_of_24_pixels(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    page = window.open(alice, viewport={"width": 390, "height": 800})
    page.goto(catalogue[0].get_absolute_url())
    boxes = [label.bounding_box() for label in page.locator(".stars label").all()]
    assert len(boxes) == 10
    assert all(box["width"] >= 24 and box["height"] >= 44 for box in boxes)
