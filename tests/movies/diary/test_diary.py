"""The diary page: viewings by month, filters, search, private to their owner."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating, Viewing

PAGE = "/me/diary/"
Log = Callable[..., Viewing]


def titles(answer: object) -> list[str]:
    found = re.findall(r'class="movie-title"><a href="[^"]+">([^<]+)<', answer.content.decode())
    return [html.unescape(title) for title in found]


def months(answer: object) -> list[str]:
    return re.findall(r'<li class="mine-month"><h2>([^<]+)<', answer.content.decode())


@pytest.fixture
def filled(alice: User, bob: User, make_movie: Callable[..., Movie], log: Log) -> None:
    amelie, heat, solaris = (make_movie(title) for title in ("Amélie", "Heat", "Solaris"))
    log(alice, amelie, "2026-03-05", note="Très beau, with ÉLAN.", tags=["Café", "Paris"])
    log(alice, heat, "2026-03", is_rewatch=True, tags=["paris"])
    log(alice, heat, "2025-12-31", note="Loud.")
    log(alice, solaris, "2025")
    log(alice, solaris, "")
    log(bob, solaris, "2026-03-06", note="bobs own words", tags=["bobs"])
    Rating.objects.rate(alice, amelie, 4.5)


def test_it_works(alices_client: Client, filled: None) -> None:
    answer = alices_client.get(PAGE)
    assert titles(answer) == ["Amélie", "Heat", "Heat", "Solaris", "Solaris"]
    assert months(answer) == [
        *("March 2026", "December 2025", "In 2025, month unknown", "Date unknown")
    ]
    text = answer.content.decode()
    assert "5 viewings" in text
    assert "Très beau" in text
    assert "★ 4½" in text
    assert "bobs" not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=amelie", ["Amélie"]),
        ("q=elan", ["Amélie"]),
        ("q=TRES+loud", []),
        ("q=heat+loud", ["Heat"]),
        ("q=cafe", ["Amélie"]),
        ("q=%21%21", []),
        ("q=bobs", []),
        ("tag=PARIS", ["Amélie", "Heat"]),
        ("tag=bobs", []),
        ("when=2026", ["Amélie", "Heat"]),
        ("when=2026-03", ["Amélie", "Heat"]),
        ("when=2026-03-05", ["Amélie"]),
        ("when=2025", ["Heat", "Solaris"]),
        ("when=2025-01", []),
        ("when=unknown", ["Solaris"]),
        ("rewatches=1", ["Heat"]),
        ("order=earliest", ["Solaris", "Heat", "Heat", "Amélie", "Solaris"]),
        ("when=x&order=x&q=%00&tag=%00", ["Amélie", "Heat", "Heat", "Solaris", "Solaris"]),
    ],
)
def test_filters(alices_client: Client, filled: None, query: str, found: list[str]) -> None:
    answer = alices_client.get(f"{PAGE}?{query}")
    assert titles(answer) == found
    assert ("Nothing in your diary matches these filters." in answer.content.decode()) == (
        not found
    )


def test_a_long_note_is_cut_between_words(alices_client: Client, alice: User, movie, log) -> None:
    log(alice, movie, note="Wort " * 100)
    text = alices_client.get(PAGE).content.decode()
    assert "<details" in text
    assert text.count("Wort") == 100


def test_a_note_is_plain_text(alices_client: Client, alice: User, movie, log) -> None:
    log(alice, movie, note="<b>bold</b>\nnew line", tags=["<i>"])
    text = alices_client.get(PAGE).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;<br>new line" in text
    assert "#&lt;i&gt;" in text


def test_an_empty_diary_says_what_it_is_for(alices_client: Client) -> None:
    text = alices_client.get(PAGE).content.decode()
    assert "Keep track of what you watched and when" in text
    assert 'href="/movies/"' in text


def test_visitors_are_asked_to_log_in(client: Client, db: None) -> None:
    for url in (PAGE, "/me/watched/"):
        assert client.get(url).url == f"/accounts/login/?next={url}"


def test_queries_do_not_grow(
    alices_client: Client, alice: User, make_movie, log, django_assert_max_num_queries
) -> None:
    for n in range(25):
        log(alice, make_movie(f"Film {n}"), "2026-03-05", tags=[f"tag {n}", "all"])
    with django_assert_max_num_queries(8):
        alices_client.get(PAGE)
