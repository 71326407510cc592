"""What is drawn once for all who read alike is never one person's."""

from collections.abc import Callable

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from accounts.models import User
from movies.drawn import drawn_once
from movies.models import Movie, Rating


def test_it_works() -> None:
    first = drawn_once("_footer.html", {"csrf_token": "one", "here": "/a/?x=1&y=<b>"})
    second = drawn_once("_footer.html", {"csrf_token": "two", "here": "/b/"})
    assert 'value="one"' in first
    assert 'value="/a/?x=1&amp;y=&lt;b&gt;"' in first
    assert first.replace('"one"', '"two"').replace("/a/?x=1&amp;y=&lt;b&gt;", "/b/") == second


def test_each_language_has_its_own() -> None:
    with translation.override("de"):
        german = drawn_once("_footer.html", {"csrf_token": "", "here": ""})
    with translation.override("en"):
        english = drawn_once("_footer.html", {"csrf_token": "", "here": ""})
    assert german != english
    assert "Public lists" in english


def test_no_hole_is_left_open(alices_client: Client, make_movie: Callable[..., Movie]) -> None:
    for path in ("/", "/movies/", make_movie("Alien", 1979).get_absolute_url()):
        for client in (alices_client, Client()):
            page = client.get(path).content.decode()
            assert "\x02" not in page
            assert "\x03" not in page


@pytest.mark.django_db
def test_a_page_carries_its_own_token_and_address(alice: User, bob: User) -> None:
    tokens = set()
    for user in (alice, bob):
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        page = client.get("/movies/?q=one%22two").content.decode()
        assert 'name="next" value="/movies/?q=one%22two"' in page
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"csrfmiddlewaretoken": token, "language": "de", "next": "/"}
        assert client.post("/language/", form).status_code == 302
        tokens.add(token)
    assert len(tokens) == 2


def test_a_hole_is_no_way_into_the_page() -> None:
    html = drawn_once("_footer.html", {"csrf_token": "<script>", "here": "\x02csrf_token\x03"})
    assert "<script>" not in html
    assert 'value="\x02csrf_token\x03"' in html
    plain = Template("{{ x }}").render(Context({"x": "<script>"}))
    assert plain in html


def test_the_footer_of_an_answer_to_a_form_leads_to_a_page(
    alices_client: Client, make_movie: Callable[..., Movie], alice: User
) -> None:
    Rating.objects.rate(alice, make_movie("Alien", 1979), 4)
    pk = Rating.objects.get().pk
    form = {"ratings": [pk], "action": "stars", "stars": "4.5"}
    page = alices_client.post("/me/ratings/several/", form)
    assert page.status_code == 200
    languages = page.content.decode().partition('class="reading"')[2]
    assert 'name="next" value="/"' in languages
