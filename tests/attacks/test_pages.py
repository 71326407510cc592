"""Every route of the site's pages, sent to by strangers: they see and change nothing of a member's.

A new route is tested without a line here, unless its address has an argument the world has no
value for.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.attacks.routes import Route, html_routes
from tests.attacks.world import SECRET, World, client_of

ROUTES = html_routes()
# A form that fits many: whatever a route reads, it finds something of.
FORM = {
    **{name: "x" for name in ("name", "note", "title", "text", "description", "display_name")},
    **{"stars": "0.5", "kind": "seen", "on": "1", "action": "remove", "rule": "least_misery"},
    **{"date": "2020-01-01", "period": "2020", "visibility": "public", "by": "title"},
    **{"level": "public", "query": "", "sure": "1", "confirm": "1"},
}
# Fields that would make somebody the owner, or staff, if a form took what it does not show.
OVERPOSTED = {"is_staff": "1", "is_superuser": "1", "is_active": "", "trains_model": ""}


def sent_by(user: User, victim: User, movie_id: int) -> dict[str, Any]:
    owners = dict.fromkeys(("user", "user_id", "owner", "owner_id"), victim.pk)
    return {**FORM, **OVERPOSTED, **owners, "movie": movie_id, "movies": movie_id, "id": victim.pk}


def is_refused(answer: Any) -> bool:
    to_login = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return answer.status_code in {403, 404, 405} or to_login


@pytest.mark.parametrize("who", ["visitor", "bob"])
def test_strangers_see_and_change_nothing(world: World, bob: User, who: str) -> None:
    before = world.rows()
    form = sent_by(bob, world.alice, world.movie.pk)
    for route in ROUTES:
        url = route.url(world.arguments)
        for method in ("get", "post"):
            client = client_of(bob if who == "bob" else None)
            answer = send(client, method, url, form)
            where = f"{method} {url} by {who}: {answer.status_code}"
            assert answer.status_code < 500, where
            assert SECRET not in text_of(answer), where
            if world.is_own(route.name):
                assert is_refused(answer), where
    assert world.rows() == before
    bob.refresh_from_db()
    assert (bob.is_staff, bob.is_superuser) == (False, False)


def test_their_owner_sees_them(world: World) -> None:
    """The control: the same addresses show the owner what the strangers must not see."""
    shown = {
        route.name
        for route in ROUTES
        if SECRET in text_of(client_of(world.alice).get(route.url(world.arguments)))
    }
    assert {"diary:edit", "diary:diary", "lists:edit", "lists:mine", "together:group"} <= shown


def test_forms_take_nothing_that_they_do_not_show(world: World, bob: User) -> None:
    """Alice sends what would give her things to Bob, or make her staff."""
    form = sent_by(world.alice, bob, world.movie.pk)
    theirs = World(bob, world.movie, world.arguments).rows()
    for route in ROUTES:
        if route.name not in {"accounts:erase", "together:delete", "lists:delete"}:
            answer = send(client_of(world.alice), "post", route.url(world.arguments), form)
            assert answer.status_code < 500, route.name
    world.alice.refresh_from_db()
    assert (world.alice.is_staff, world.alice.is_superuser) == (False, False)
    assert world.alice.is_active
    assert World(bob, world.movie, world.arguments).rows() == theirs


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"hx-request": "true"},
        {"x-csrftoken": "x" * 32},
        {"hx-request": "true", "origin": "https://evil.example", "x-csrftoken": "y" * 32},
    ],
    ids=["plain", "htmx", "wrong token", "another site's page"],
)
def test_each_form_needs_its_token(world: World, headers: dict[str, str]) -> None:
    before = world.rows()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.alice)
    if "origin" in headers:
        client.cookies["csrftoken"] = "y" * 32
    before = world.rows()
    for route in ROUTES:
        answer = client.post(route.url(world.arguments), FORM, headers=headers)
        assert answer.status_code == 403, route.name
    assert world.rows() == before


ELSEWHERE = [
    *("//evil.example", "/\\evil.example", "https://evil.example", "///evil.example"),
    *("http:evil.example", "javascript:alert(1)", "\thttps://evil.example", "/\t/evil.example"),
    *(
        "https://testserver@evil.example",
        "https://testserver.evil.example",
        "//evil.example/\r\nX: y",
    ),
    "\x00//evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE[:2])
def test_no_form_leads_to_another_site(world: World, bob: User, target: str) -> None:
    client = client_of(bob)
    form = {**FORM, "next": target, "theme": "dark", "language": "de", "movie": world.movie.pk}
    for route in (route for route in ROUTES if takes_next(route)):
        assert_stays(client, route.url(world.arguments), form)


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("route", ["theme", "accounts:language", "movies:browse-view"])
def test_no_spelling_of_another_site_is_followed(db: None, route: str, target: str) -> None:
    form = {"next": target, "theme": "dark", "language": "de", "view": "list"}
    assert_stays(Client(), reverse(route), form)


def assert_stays(client: Client, url: str, form: dict[str, Any]) -> None:
    for query in ("", "?next=https://evil.example"):
        answer = client.post(url + query, form, headers={"referer": "https://evil.example/x"})
        location = answer.headers.get("Location", "/")
        assert location.startswith("/"), f"{url}: {location}"
        assert not location.startswith(("//", "/\\")), f"{url}: {location}"
        assert "evil" not in location.partition("?")[0], f"{url}: {location}"


def takes_next(route: Route) -> bool:
    """Routes of the common kinds; what is another's is refused before it leads anywhere."""
    return not World.OWN & {route.name} and not route.name.startswith(("movies:import", "together"))


def send(client: Client, method: str, url: str, form: dict[str, Any]) -> Any:
    return client.get(url) if method == "get" else client.post(url, form)


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")
