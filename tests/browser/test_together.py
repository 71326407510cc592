"""An evening in the browser: who invites, who is invited, and a guest without scripts."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from movies.models import Movie, Rating
from recommender.groups import guests, membership
from recommender.models import Group, Guest, GuestRating
from recommender.training import refit
from tests.browser.conftest import Watched
from tests.browser.test_accessibility import seen_from_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def like_even(user: User, movies: list[Movie]) -> None:
    for number in (0, 2, 4):
        Rating.objects.rate(user, movies[number], 5)
    Rating.objects.rate(user, movies[1], 1)


def titles(page: Page) -> list[str]:
    return page.locator(".pick h3").all_inner_texts()


def choose(page: Page, movie: int, words: str) -> None:
    box = page.locator(f"fieldset[aria-labelledby=movie-{movie}]")
    box.get_by_text(words, exact=True).locator("..").click()


def test_an_evening_with_a_guest_who_has_no_javascript(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    refit.refit(seed=1)
    like_even(alice, catalogue)
    owner = window.open(alice)
    owner.goto("/")
    owner.get_by_role("link", name="Together").click()
    owner.get_by_label("Name").fill("Friday evening")
    owner.get_by_label("Nobody hates it").check()
    owner.get_by_role("button", name="Start group").click()
    expect(owner.get_by_role("heading", name="Just for you, so far")).to_be_visible()
    # Links that leave the site begin with its own address, which is not the test server's.
    link = urlsplit(owner.get_by_label("Link").input_value()).path

    guest = window.open(java_script_enabled=False, viewport={"width": 390, "height": 800})
    guest.goto(link)
    expect(guest.get_by_text("alice invites you")).to_be_visible()
    expect(guest.get_by_role("heading", name="What the others will see")).to_be_visible()
    guest.get_by_label("Your name").fill("Dora")
    guest.get_by_role("button", name="Join as a guest").click()
    expect(guest.get_by_role("heading", name="Which have you seen, Dora?")).to_be_visible()
    asked = [
        int(box.get_attribute("aria-labelledby").removeprefix("movie-"))
        for box in guest.locator("fieldset.guest-stars").all()
    ]
    assert len(asked) == 12
    choose(guest, asked[0], "4.5 stars")
    choose(guest, asked[1], "2 stars")
    guest.get_by_role("button", name="Save and see the list").click()
    expect(guest.get_by_role("status")).to_contain_text("rated 2 movies")
    assert dict(GuestRating.objects.values_list("movie", "half_stars")) == {
        asked[0]: 9,
        asked[1]: 4,
    }
    listed = titles(guest)
    assert len(listed) == 12
    rows = guest.locator(".pick").first.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("alice")
    expect(rows.last).to_contain_text("You")

    owner.reload()
    assert titles(owner) == listed
    expect(owner.locator(".group-people")).to_contain_text("Dora guest")
    owner.locator("#rule-average").check()
    owner.get_by_role("button", name="Use this rule").click()
    expect(owner.locator("#rule-average")).to_be_checked()

    # Seen it? Then it is rated, and leaves everybody's list.
    guest.reload()
    first = titles(guest)[0]
    guest.get_by_role("link", name="Seen it? Rate it").first.click()
    expect(guest.locator(".row h2").first).to_contain_text(first)
    guest.locator(".guest-stars").first.get_by_text("3 stars", exact=True).locator("..").click()
    guest.get_by_role("button", name="Save and see the list").click()
    assert first not in titles(guest)

    guest.get_by_role("link", name="Together").first.click()
    expect(guest.get_by_role("link", name="Friday evening")).to_be_visible()
    guest.get_by_role("button", name="Delete them now").click()
    assert not Guest.objects.exists()
    guest.goto(link)
    expect(guest.get_by_text("alice invites you")).to_be_visible()


def test_a_guest_signs_up_and_keeps_what_was_rated(
    window: Watched, alice: User, catalogue: list[Movie]
) -> None:
    group = membership.create(alice, "Friday evening")
    page = window.open()
    page.goto(group.get_absolute_url())
    page.get_by_label("Your name").fill("Dora")
    page.get_by_role("button", name="Join as a guest").click()
    page.locator(".guest-stars").first.get_by_text("5 stars", exact=True).locator("..").click()
    page.get_by_role("button", name="Save and see the list").click()
    page.get_by_role("link", name="Sign up to keep them").click()
    page.get_by_label("User name").fill("dora")
    page.get_by_label("Email").fill("dora@example.org")
    page.get_by_label("Password").fill("mauve-teapot-77")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    page.get_by_role("button", name="Keep them").click()
    expect(page.get_by_role("status")).to_contain_text("1 rating added to your account")
    page.get_by_role("link", name="Friday evening").click()
    expect(page.locator(".group-people")).to_contain_text("dora you")
    assert Rating.objects.of(User.objects.get(username="dora")).get().stars == 5


def test_no_faults(window: Watched, alice: User, bob: User, catalogue: list[Movie]) -> None:
    refit.refit(seed=1)
    like_even(alice, catalogue)
    group = membership.create(alice, "Friday evening")
    alone = membership.create(alice, "Alone")
    membership.join(group, bob)
    dora = membership.join_as_guest(group, "Dora with rather a long name").guest
    guests.rate(dora, {catalogue[9].pk: 8})
    ended = membership.create(bob, "Ended")
    membership.end_invitation(ended)
    owner, member, visitor, guest = map(window.open, (alice, bob, None, None))
    guest.goto(alone.get_absolute_url())
    guest.get_by_label("Your name").fill("Eve")
    guest.get_by_role("button", name="Join as a guest").click()
    own, there = group.get_absolute_url(), alone.get_absolute_url()
    for page, addresses in (
        (owner, ["/together/", own, there, f"{own}delete/", ended.get_absolute_url()]),
        (member, ["/together/", own]),
        (visitor, ["/together/", own, "/together/xxxxxxxxxxxxxxxxxxxxxx/"]),
        (guest, ["/together/", there, f"{there}rate/"]),
    ):
        for address in addresses:
            page.goto(address)
            assert list(seen_from_everywhere(page)) == [], address
    assert Group.objects.count() == 3


def test_the_link_is_copied(window: Watched, alice: User, catalogue: list[Movie]) -> None:
    group = membership.create(alice, "Friday evening")
    page = window.open(alice, permissions=["clipboard-read", "clipboard-write"])
    page.goto(group.get_absolute_url())
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(group.get_absolute_url())
