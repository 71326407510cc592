"""Rules for every page: valid HTML, headings, landmarks, few queries."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import html5lib
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from accounts.models import User, set_profile
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, MovieList, Rating, Viewing
from movies.periods import Period
from tests.movies.facts.made import credit, give_the_third_man
from tests.movies.my_imports.states import imports_in_every_state
from tests.recommender.conftest import fitted, no_model_from_another_test, two_tastes
from tests.site_pages import MEMBER, NEWCOMER, OPERATOR, VISITOR, pages

__all__ = ["fitted", "no_model_from_another_test", "two_tastes"]

pytestmark = pytest.mark.slow

# Attributes that browsers and programs read as numbers.
NUMBERS = {*("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "viewbox")}
NUMBERS |= {"value", "min", "max", "step", "href", "hx-get", "datetime", "stroke-width"}

MOST_QUERIES = 8
DRAWN_POSTER = re.compile(r'<svg class="poster".*?<g class="poster-.*?</svg>', re.DOTALL)
# What is no page to look at: other doors, and addresses that only act or hand something out.
OTHER_DOORS = ("api/", "admin/", "accounts/", "_allauth/")
NOT_PAGES = {
    "latest-year",
    "accounts:export",
    "accounts:language",
    "boldness",
    *(f"lists:{name}" for name in ("copy", "entries", "make", "renew", "shared", "short", "sort")),
    "lists:undo",
    "movies:unhide",
    "movies:mark",
    "movies:drawn-poster",
    "movies:poster",
    "movies:poster-file",
    "learning",
    "manifest",
    "metrics",
    "movies:share-image",
    "movies:artist-short",
    "movies:short",
    "movies:browse-view",
    "movies:bulk-edit",
    "movies:suggest",
    "movies:undo",
    "movies:undo-mark",
    "service-worker",
    "movies:undo-bulk-edit",
    *(f"movies:import-{name}" for name in ("cancel", "columns", "discard", "missing", "progress")),
    *(f"movies:import-{name}" for name in ("resume", "run", "start", "undo")),
    "shelves",
    "similar",
    "try",
    "start-answer",
    "start-favourite",
    "start-groups",
    "theme",
    # Behind a question for the password; tests/accounts/tokens looks at it.
    "accounts:token-new",
    "accounts:token-revoke",
    # Each needs a group; tests/together looks at them.
    *(f"together:{name}" for name in ("delete", "forget", "group", "invitation", "join", "keep")),
    *(f"together:{name}" for name in ("leave", "make", "rate", "remove", "rule")),
}


SHOWN = {"level": "public", "bio": "Hello.", "shows_ratings": True} | dict.fromkeys(
    ("shows_lists", "shows_watchlist", "shows_taste"), True
)


@pytest.fixture
def looked_at(
    two_tastes: list[Movie], fitted: Any, alice: User, bob: User, staff: User
) -> tuple[dict[str, Client], dict[str, dict[str, str]]]:
    """Who looks, and at what: a member with a history, a new one, the operator, a visitor."""
    for number, movie in enumerate(two_tastes[:9]):
        Rating.objects.rate(alice, movie, 5 if number % 2 == 0 else 1.5)
    Mark.objects.add(alice, two_tastes[20], Mark.Kind.WATCHLIST)
    Mark.objects.add(alice, two_tastes[21], Mark.Kind.NOT_INTERESTED)
    clients = {VISITOR: Client(), MEMBER: Client(), NEWCOMER: Client(), OPERATOR: Client()}
    for who, user in ((MEMBER, alice), (NEWCOMER, bob), (OPERATOR, staff)):
        clients[who].force_login(user)
    made = shared_list(alice, two_tastes[8:30])
    imports_in_every_state(alice, two_tastes)
    set_profile(alice, **SHOWN)
    set_profile(bob, level="public", shows_ratings=True)
    viewing = diary_of(alice, two_tastes[0])
    give_the_third_man(two_tastes[30])
    for movie in two_tastes[:29]:
        credit(movie, "Orson Welles")
    return clients, pages(two_tastes[30], two_tastes[1], made, viewing)


def shared_list(owner: User, movies: Iterable[Movie]) -> MovieList:
    made = lifecycle.create(owner, "Rainy Sundays", is_numbered=True, visibility="public")
    for movie in movies:
        entries.add(made, movie, note="With tea.")
    return made


def diary_of(user: User, movie: Movie) -> Viewing:
    """Dates of every precision, notes short and long, tags."""
    for text in ("2025-12-31", "2025-12", "2025", ""):
        Viewing.objects.log(user, movie, Period.parse(text), note="Long. " * 100, tags=["cinema"])
    return Viewing.objects.log(user, movie, Period(2026, 3, 5), is_rewatch=True, note="Short.")


class Outline(HTMLParser):
    """What a page is made of, for a reader who does not see it."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: Counter[str] = Counter()
        self.pointed_at: list[tuple[str, str]] = []
        self.tags: Counter[str] = Counter()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        values = dict(attrs)
        if len(values) < len(attrs):
            self.problems.append(f"an attribute twice: {self.get_starttag_text()}")
        if "id" in values:
            self.ids[values["id"] or ""] += 1
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list"):
            for word in (values.get(name) or "").split():
                self.pointed_at.append((name, word))
        self._look_at(tag, values)

    def _look_at(self, tag: str, values: dict[str, str | None]) -> None:
        where = self.get_starttag_text()
        if "style" in values or any(name.startswith("on") for name in values):
            self.problems.append(f"refused by the policy: {where}")
        for name in NUMBERS & values.keys():
            if re.search(r"\d,\d", values[name] or ""):
                self.problems.append(f"a number in a language's own writing: {where}")
        if tag == "a" and not values.get("href"):
            self.problems.append(f"a link to nowhere: {where}")
        if tag == "img" and not ({"alt", "width", "height"} <= values.keys()):
            self.problems.append(f"a picture without alt, width or height: {where}")
        if tag == "button" and values.get("type") not in {None, "submit", "button", "reset"}:
            self.problems.append(f"no such button: {where}")

    def faults(self) -> Iterator[str]:
        yield from self.problems
        yield from (f"the id {name!r} {n} times" for name, n in self.ids.items() if n > 1)
        for name, wanted in self.pointed_at:
            if wanted not in self.ids:
                yield f"{name} points at {wanted!r}, which is not there"
        for tag in ("main", "h1"):
            if self.tags[tag] != 1:
                yield f"{self.tags[tag]} x <{tag}>"
        for before, after in zip(self.headings, self.headings[1:], strict=False):
            if after > before + 1:
                yield f"<h{after}> after <h{before}>"


def faults_in(html: str) -> list[str]:
    parser = html5lib.HTMLParser()
    parser.parse(html)
    errors = [f"line {place[0]}: {code} {data}" for place, code, data in parser.errors]
    outline = Outline()
    outline.feed(html)
    return [*errors, *outline.faults()]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_is_valid_and_well_made(looked_at: tuple[dict, dict], language: str) -> None:
    clients, by_who = looked_at
    found = {}
    for who, paths in by_who.items():
        for name, path in paths.items():
            answer = clients[who].get(path, headers={"accept-language": language})
            assert answer["Content-Language"] == language
            assert answer.status_code == 200, (who, path, answer.status_code)
            html = answer.content.decode()
            faults = faults_in(html)
            if 'id="site-search"' not in html and name != "offline":
                faults.append("no search")
            if faults:
                found[f"{who}: {name}"] = faults[:5]
    assert found == {}


def test_few_queries_and_one_drawn_poster_a_movie(
    looked_at: tuple[dict, dict], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    clients, by_who = looked_at
    for word, first in (("sailor", 0), ("dog", 1), ("wedding", 2)):
        movies = Movie.objects.filter(
            pk__in=list(Movie.objects.values_list("pk", flat=True))[first::3]
        )
        movies.update(description=f"Everything changes for a {word}.")
    asked, drawings = {}, defaultdict(set)
    for who, paths in by_who.items():
        for name, path in paths.items():
            # After this, a process has read what it reads once.
            page = clients[who].get(path).content.decode()
            for poster in DRAWN_POSTER.findall(page):
                drawings[" ".join(re.findall(r"<text[^>]*>([^<]*)", poster))].add(poster)
            with django_assert_max_num_queries(200) as queries:
                clients[who].get(path)
            if len(queries) > MOST_QUERIES:
                asked[f"{who}: {name}"] = len(queries)
    assert asked == {}
    assert len(drawings) >= 20
    assert [words for words, different in drawings.items() if len(different) > 1] == []


def routes(patterns: list, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """(name, path) of everything that people, not programs, can reach."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if path.startswith(OTHER_DOORS):
            continue
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, (namespace, pattern.namespace)))
            yield from routes(pattern.url_patterns, path, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield ":".join(filter(None, (namespace, pattern.name))), path


def test_every_route_is_looked_at_or_known_not_to_be_a_page(movie_pages: dict) -> None:
    seen = {resolve(path.partition("?")[0]).view_name for path in movie_pages}
    reachable = {name for name, _ in routes(get_resolver().url_patterns)}
    assert reachable - seen - NOT_PAGES == set()
    assert NOT_PAGES - reachable == set()


@pytest.fixture
def movie_pages(make_movie: Callable[..., Movie], alice: User) -> list[str]:
    movies = [make_movie(title) for title in ("One", "Two", "Three")]
    imports_in_every_state(alice, movies)
    credit(movies[0], "Orson Welles")
    by_who = pages(*movies[:2], shared_list(alice, []), diary_of(alice, movies[1]))
    return [path for paths in by_who.values() for path in paths.values()]


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<div><p>text</div></p>", "end-tag"),
        ('<main><h1>a</h1><h3 id="x">b</h3><i id="x"></i></main>', "3"),
        ('<a href="">x</a>', "nowhere"),
        ('<label for="gone">x</label>', "gone"),
        ('<p style="color:red">x</p>', "policy"),
        ('<svg><path x="1,5"/></svg>', "number"),
    ],
)
def test_a_fault_would_be_seen(html: str, fault: str) -> None:
    """The control: the checks above find what they look for."""
    whole = f"<!doctype html><html lang=en><title>x</title>{html}</html>"
    assert any(fault in found for found in faults_in(whole)), faults_in(whole)
