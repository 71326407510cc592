"""The header: its links for each kind of reader, and the mark of the current page."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User


def header(client: Client, path: str = "/movies/", **headers: str) -> str:
    return client.get(path, headers=headers).content.decode().partition("</header>")[0]


def links(html: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', html)


def test_it_works(alices_client: Client) -> None:
    html = header(alices_client)
    shown, menu = html.split('id="menu" popover')
    first = ["/", "/movies/", "/me/ratings/", "/together/"]
    assert links(shown) == first
    assert links(menu) == [*first, "/me/profile/", "/me/settings/"]
    assert 'popovertarget="menu"' in shown
    assert 'action="/accounts/logout/"' in menu


def test_a_visitor_finds_what_is_open_to_all(client: Client, db: None) -> None:
    shown, menu = header(client).split('id="menu" popover')
    for where in (shown, menu):
        assert set(links(where)) >= {
            "/movies/",
            "/together/",
            "/lists/",
            "/how-it-works/",
            "/accounts/login/",
        }
        assert "/accounts/signup/" in where
        assert "/me/" not in where
        assert "/accounts/logout/" not in where


def test_only_operators_are_led_to_the_admin(alices_client: Client, staff_client: Client) -> None:
    assert "/admin/" in links(header(staff_client))
    assert "/admin/" not in header(alices_client)


@pytest.mark.parametrize("path", ["/", "/movies/", "/movies/?q=x", "/me/ratings/", "/me/settings/"])
def test_the_open_page_is_marked(alices_client: Client, path: str) -> None:
    html = header(alices_client, path)
    marked = set(re.findall(r'href="([^"]+)" aria-current="page"', html))
    assert marked == {path.partition("?")[0]}


TABS = ["diary", "watched", "watchlist", "lists", "year/2026", "taste", "hidden"]


@pytest.mark.parametrize("name", [*TABS, "ratings/days", "watchlist/pick", "import"])
def test_a_tab_belongs_to_my_movies(alices_client: Client, name: str) -> None:
    html = header(alices_client, f"/me/{name}/")
    assert set(re.findall(r'href="([^"]+)" aria-current="true"', html)) == {"/me/ratings/"}
    assert 'aria-current="page"' not in html


def test_no_menu_repeats_the_tabs(alices_client: Client) -> None:
    page = alices_client.get("/me/ratings/").content.decode()
    tabs = links(page.partition('class="my-pages')[2].partition("</nav>")[0])
    assert len(tabs) == len(TABS) + 1
    assert set(tabs) & set(links(header(alices_client))) == {"/me/ratings/"}


@pytest.mark.parametrize("path", ["/accounts/", "/me/lists/x/"])
def test_elsewhere_nothing_is(alices_client: Client, path: str) -> None:
    assert "aria-current" not in header(alices_client, path)


def test_each_language_and_kind_has_its_own(
    client: Client, alices_client: Client, db: None
) -> None:
    """A cached header must not be shown to another kind of reader."""
    german = header(alices_client, **{"accept-language": "de"})
    assert "Stöbern" in german
    assert "Browse" in header(alices_client)
    visitors = header(client, **{"accept-language": "de"})
    assert "Stöbern" in visitors
    assert "Anmelden" in visitors
    assert "Anmelden" not in header(alices_client, **{"accept-language": "de"})


def test_a_name_is_text(make_user: Callable[..., User], client: Client) -> None:
    client.force_login(make_user("<b>carol"))
    assert "&lt;b&gt;carol</span>" in header(client)
