"""Parts of pages that are cached for many readers hold nothing of any one of them."""

import pickle
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from movies.lists import lifecycle
from movies.models import Movie, Rating, Viewing
from tests.movies.facts.made import give_the_third_man
from tests.site_pages import MEMBER, pages

NAME, SEARCH = "carol_whom_nobody_is_called_like", "searched_by_nobody_else"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    caches["template_fragments"].clear()


def fragments() -> list[str]:
    """Everything that this process has cached."""
    return [str(pickle.loads(kept)) for kept in caches["template_fragments"]._cache.values()]


def csrf_tokens(html: str) -> set[str]:
    return set(re.findall(r'(?:csrfmiddlewaretoken" value=|X-CSRFToken": )"(\w+)"', html))


def languages_form(html: str) -> str:
    return html.partition('class="reading"')[2]


def test_it_works(alices_client: Client, bobs_client: Client) -> None:
    alices_client.get("/movies/")
    cached = fragments()
    assert any('class="site-nav"' in fragment for fragment in cached)
    assert any('class="footer-links"' in fragment for fragment in cached)
    bobs_client.get("/movies/?q=x")
    assert fragments() == cached, "the second reader of the same page adds nothing"


@pytest.mark.slow
def test_nothing_of_a_user_is_ever_cached(
    client: Client, make_user: Callable[..., User], make_movie: Callable[..., Movie]
) -> None:
    carol = make_user(NAME, email=f"{NAME}@example.org")
    client.force_login(carol)
    movie, rated = make_movie("Alien", 1979), make_movie("Heat", 1995)
    Rating.objects.rate(carol, rated, 4)
    made = lifecycle.create(carol, "Rainy Sundays", visibility="public")
    tokens: set[str] = set()
    viewing = Viewing.objects.log(carol, rated)
    give_the_third_man(movie)
    for path in pages(movie, rated, made, viewing)[MEMBER].values():
        html = client.get(path, {"q": SEARCH}, follow=True).content.decode()
        tokens |= csrf_tokens(html)
    secrets = {NAME, SEARCH, client.cookies[settings.SESSION_COOKIE_NAME].value, *tokens}
    assert len(tokens) > 20
    assert len(fragments()) > 5
    found = {secret for secret in secrets for fragment in fragments() if secret in fragment}
    assert found == set()


def test_a_personal_fragment_would_be_seen(alices_client: Client) -> None:
    """The control."""
    caches["template_fragments"].set("x", f"<b>{NAME}</b>")
    assert any(NAME in fragment for fragment in fragments())
    html = alices_client.get("/movies/", {"q": SEARCH}).content.decode()
    assert csrf_tokens(html)
    assert SEARCH in html


@pytest.mark.parametrize("path", ["/", "/movies/", "/how-it-works/", "/lists/"])
def test_a_page_is_the_same_whoever_came_before(
    path: str, alices_client: Client, staff_client: Client, db: None
) -> None:
    """Each kind of reader, in each language and theme, gets the page of an empty cache."""
    readers = []
    for client in (Client(), alices_client, staff_client):
        for language in ("en", "de"):
            for theme in ("", "dark"):
                readers.append((client, language, theme))

    def page(client: Client, language: str, theme: str) -> str:
        client.cookies["theme"] = theme
        html = client.get(path, headers={"accept-language": language}).content.decode()
        return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"', "", html)

    alone = []
    for reader in readers:
        caches["template_fragments"].clear()
        alone.append(page(*reader))
    assert len(set(alone)) == len(readers)
    assert [page(*reader) for reader in readers] == alone
    assert [page(*reader) for reader in reversed(readers)] == alone[::-1]


@pytest.mark.django_db
def test_a_page_carries_its_own_token_and_address(alice: User, bob: User) -> None:
    tokens = set()
    for user in (alice, bob):
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        page = languages_form(client.get("/movies/?q=one%22two").content.decode())
        assert 'name="next" value="/movies/?q=one%22two"' in page
        token = csrf_tokens(page).pop()
        form = {"csrfmiddlewaretoken": token, "language": "de", "next": "/"}
        assert client.post("/language/", form).status_code == 302
        tokens.add(token)
    assert len(tokens) == 2


def test_the_footer_of_an_answer_to_a_form_leads_to_a_page(
    alices_client: Client, make_movie: Callable[..., Movie], alice: User
) -> None:
    Rating.objects.rate(alice, make_movie("Alien", 1979), 4)
    pk = Rating.objects.get().pk
    form = {"ratings": [pk], "action": "stars", "stars": "4.5"}
    page = alices_client.post("/me/ratings/several/", form)
    assert page.status_code == 200
    assert 'name="next" value="/"' in languages_form(page.content.decode())
