"""Text that people and files bring, in every page it appears on: it stays text.

The pages are parsed as browsers do; nothing in them may be an element, attribute or address that a
payload has brought. Each payload marks what it makes with `xyz`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User, set_profile
from movies.lists import entries, lifecycle
from movies.models import Genre, Mark, Movie, PersonalImport, Rating, Viewing
from movies.periods import Period
from recommender.groups import membership
from tests.movies.facts.made import credit
from tests.site_pages import MEMBER, OPERATOR, VISITOR, pages

PAYLOADS = [
    "<script>xyz</script>",
    "</title><script>xyz</script>",
    "</textarea><script>xyz</script>",
    "</style><script>xyz</script>",
    "</script><script>xyz</script>",
    "--><script>xyz</script>",
    "]]><script>xyz</script>",
    "<ScRiPt SrC=//xyz.example/x.js></sCrIpT>",
    "<img src=x onerror=xyz>",
    '<img/src="x"/onerror=xyz>',
    "<svg onload=xyz>",
    "<svg><script>xyz</script></svg>",
    "<svg><a xlink:href=javascript:xyz>a</a></svg>",
    "<math><mi xlink:href=javascript:xyz>a</mi></math>",
    '" onmouseover="xyz',
    "' onmouseover='xyz",
    '"><img src=x onerror=xyz>',
    "'><img src=x onerror=xyz>",
    "` onfocus=xyz autofocus `",
    "javascript:xyz()",
    "JaVaScRiPt:xyz()",
    "data:text/html,<script>xyz</script>",
    "<a href=javascript:xyz>a</a>",
    "<iframe srcdoc='<script>xyz</script>'>",
    "<form action=//xyz.example><input name=xyz>",
    "<base href=//xyz.example/>",
    "<meta http-equiv=refresh content='0;url=//xyz.example'>",
    "<link rel=stylesheet href=//xyz.example>",
    "<div hx-get=//xyz.example hx-trigger=load>",
    "{{xyz}}{% xyz %}${xyz}&lt;script&gt;xyz",
    "\u2028<script>xyz</script>\u2029",
    "<noscript><p title='</noscript><img src=x onerror=xyz>'>",
]
ADDRESSES = {"href", "src", "action", "formaction", "srcset", "poster", "data", "xlink:href"}
ADDRESSES |= {"hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch"}
# What takes a script or the page's own address along, if a payload brought it.
ELEMENTS = {"iframe", "object", "embed", "base", "frame", "applet"}


def attributes(element: Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        yield (name if isinstance(name, str) else name[1]).lower(), value


def dangers(html: str) -> list[str]:
    """What a browser would run or load that the site did not write."""
    found = []
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        tag = str(element.tag).rpartition("}")[2].lower()
        if tag in ELEMENTS:
            found.append(f"<{tag}>")
        if tag == "script" and "src" not in element.attrib and not is_data(element):
            found.append(f"<script> {element.text}")
        for name, value in attributes(element):
            address = "".join(value.split()).lower()
            if name.startswith("on") or "xyz" in name:
                found.append(f"<{tag} {name}={value}>")
            if name in ADDRESSES and address.startswith(("javascript:", "data:text", "//")):
                found.append(f"<{tag} {name}={value}>")
        if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            found.append("<meta refresh>")
    return found


def is_data(script: Element) -> bool:
    """JSON for other programs, which a payload must not end early."""
    if script.get("type") not in {"application/json", "application/ld+json"}:
        return False
    json.loads(script.text or "")
    return True


@pytest.fixture
def attacked(
    alice: User, staff: User, make_movie: Callable[..., Movie]
) -> tuple[dict[str, Client], dict[str, dict[str, str]]]:
    """A site on which everything that can be written is a payload."""
    cache.clear()
    genre = Genre.objects.create(name='<img src=x onerror="xyz">', slug="xyz")
    movies = [
        make_movie(text, 1980, description=text, original_title=text, tmdb_id=number)
        for number, text in enumerate(PAYLOADS, 1)
    ]
    for number, (movie, text) in enumerate(zip(movies, PAYLOADS, strict=True)):
        movie.genres.add(genre)
        credit(movies[number // 20], text, character=text)
        lifecycle.create(alice, text, description=text, visibility="public")
        if number % 3:
            Rating.objects.rate(alice, movie, 4)
        Viewing.objects.log(
            alice, movie, Period(2026, 1, 5), note=text, tags=[text.replace(",", "")[:30]]
        )
    Mark.objects.add(alice, movies[0], Mark.Kind.WATCHLIST)
    Mark.objects.add(alice, movies[3], Mark.Kind.NOT_INTERESTED)
    made = lifecycle.create(alice, PAYLOADS[4], is_numbered=True, visibility="public")
    for movie, text in zip(movies, PAYLOADS, strict=True):
        entries.add(made, movie, note=text)
    for text in PAYLOADS[:3]:
        membership.create(alice, text)
    shown = dict.fromkeys(("shows_ratings", "shows_lists", "shows_watchlist", "shows_taste"), True)
    bio = "\n".join(PAYLOADS[:12])[:500]
    set_profile(alice, level="public", display_name=PAYLOADS[14], bio=bio, **shown)
    clients = {VISITOR: Client(), MEMBER: Client(), OPERATOR: Client()}
    clients[MEMBER].force_login(alice)
    clients[OPERATOR].force_login(staff)
    return clients, pages(movies[0], movies[1], made, alice.viewings.first())


def test_pages_keep_text_text(attacked: tuple[dict, dict]) -> None:
    clients, addresses = attacked
    shown = ""
    for who, client in clients.items():
        for name, address in addresses.get(who, {}).items():
            answer = client.get(address, follow=True)
            content = answer.content.decode()
            shown += content
            assert answer.status_code in {200, 404}, f"{who} {name}"
            assert dangers(content) == [], f"{who} {name}"
    missing = [text for text in PAYLOADS if "xyz" not in shown]
    assert not missing
    assert shown.count("&lt;script&gt;xyz") > 100, "the payloads are on the pages"


@pytest.mark.parametrize("path", ["/movies/", "/movies/suggest/", "/lists/", "/me/ratings/"])
def test_queries_come_back_as_text(alices_client: Client, path: str) -> None:
    for text in PAYLOADS:
        query = dict.fromkeys(("q", "genre", "sort", "page", "year", "next"), text)
        assert dangers(alices_client.get(path, query).content.decode()) == [], text


def test_an_imported_file_comes_back_as_text(alices_client: Client, alice: User) -> None:
    lines = ["Title,Year,Rating"]
    lines += ['"{}",1980,4'.format(text.replace('"', '""')) for text in PAYLOADS]
    file = io.BytesIO("\n".join(lines).encode())
    file.name = "<img src=x onerror=xyz>.csv"
    page = alices_client.post("/me/import/", {"file": file, "files": file}, follow=True)
    assert dangers(page.content.decode()) == []
    assert PersonalImport.objects.filter(user=alice).exists()
    for made in PersonalImport.objects.filter(user=alice):
        for step in ("", "choose/", "progress/"):
            answer = alices_client.get(f"/me/import/{made.pk}/{step}", follow=True)
            assert dangers(answer.content.decode()) == [], step


@pytest.mark.parametrize("text", [text for text in PAYLOADS if "<" in text][:12])
def test_the_parser_sees_what_is_not_escaped(text: str) -> None:
    """The control."""
    page = f'<title>{text}</title><a title="{text}">{text}</a><textarea>{text}</textarea>'
    assert dangers(page)


def test_admin_pages_keep_text_text(attacked: Any, staff_client: Client) -> None:
    movie = Movie.objects.first()
    for page in ("movies/movie/", f"movies/movie/{movie.pk}/change/", "movies/movielist/"):
        content = staff_client.get(f"/admin/{page}").content.decode()
        ours = [danger for danger in dangers(content) if "xyz" in danger]
        assert ours == [], page
