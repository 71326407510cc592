"""How often an opened list leads to a rating or a watchlist mark."""

from typing import Any

import pytest
from django.test import Client

from cfsite.operations import list_use
from cfsite.operations.list_use import COOKIE, Tally
from cfsite.operations.models import ListUse
from movies.models import Movie

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_use, "tally", Tally())
    monkeypatch.setattr(list_use, "HANDED_OVER_EVERY", 0.0)


@pytest.fixture
def movie(make_movie: Any) -> Movie:
    return make_movie()


def totals() -> tuple[int, int]:
    use = ListUse.objects.first()
    return (use.opened, use.led_on) if use else (0, 0)


def rate(client: Client, movie: Movie) -> None:
    assert client.post(f"/movies/{movie.pk}/rate/", {"stars": "4"}).status_code == 302


def mark(client: Client, movie: Movie, kind: str) -> None:
    body = {"kind": kind, "on": "1"}
    assert client.post(f"/movies/{movie.pk}/mark/", body).status_code == 302


def test_it_works(alices_client: Client, movie: Movie) -> None:
    alices_client.get("/")
    assert totals() == (1, 0)
    rate(alices_client, movie)
    assert totals() == (1, 1)
    rate(alices_client, movie)
    assert totals() == (1, 1), "one list leads on once"


def test_a_mark_for_the_watchlist_counts_and_no_other(alices_client: Client, movie: Movie) -> None:
    alices_client.get("/")
    mark(alices_client, movie, "not_interested")
    assert totals() == (1, 0)
    mark(alices_client, movie, "watchlist")
    assert totals() == (1, 1)


def test_a_rating_without_a_list_counts_nothing(alices_client: Client, movie: Movie) -> None:
    rate(alices_client, movie)
    assert totals() == (0, 0)


def test_visitors_and_fragments_count_nothing(client: Client, alices_client: Client) -> None:
    client.get("/")
    alices_client.get("/", headers={"HX-Request": "true"})
    assert totals() == (0, 0)
    assert COOKIE not in client.cookies


def test_the_cookie_says_nothing_about_anybody(alices_client: Client) -> None:
    alices_client.get("/")
    cookie = alices_client.cookies[COOKIE]
    assert cookie.value == "1"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_pages_do_not_write(
    alices_client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(list_use, "HANDED_OVER_EVERY", 3600.0)
    tally = list_use.tally
    with django_assert_num_queries(0):
        tally.add(opened=1)
        tally.add(led_on=1)
    monkeypatch.setattr(list_use, "HANDED_OVER_EVERY", 0.0)
    tally.add(opened=1)
    assert totals() == (2, 1)
