"""Tests of one's own ratings, marks and account in the API."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from tests.api.conftest import API
from tests.api.problems import code, wrong

Make = Callable[..., Movie]


def test_it_works(alices_client: Client, alice: User, make_movie: Make) -> None:
    first, second = make_movie("First"), make_movie("Second")
    Rating.objects.rate(alice, first, 1)
    Rating.objects.rate(alice, second, 5)
    answer = alices_client.get(f"{API}/ratings/").json()
    assert len(answer["results"]) == 2
    assert [(r["movie"]["title"], r["stars"]) for r in answer["results"]] == [
        ("Second", 5.0),
        ("First", 1.0),
    ]
    assert alices_client.get(f"{API}/me/").json() == {
        "username": "alice",
        "email": "alice@example.org",
        "n_ratings": 2,
        "boldness": 0,
        "watchlist_in_lists": True,
        "trains_model": True,
        "language": "",
        "scale": "stars",
        "hides_predictions": False,
    }


def test_marks_are_set_listed_and_removed(
    alices_client: Client, alice: User, make_movie: Make
) -> None:
    movie = make_movie()
    for kind in Mark.Kind.values:
        url = f"{API}/movies/{movie.pk}/marks/{kind}/"
        first, second = alices_client.put(url), alices_client.put(url)
        assert (first.status_code, second.status_code) == (201, 200)
        assert alices_client.get(url).json() == first.json()
        assert first.json() == second.json()
        assert (first.json()["kind"], first.json()["movie"]["id"]) == (kind, movie.pk)
    listed = alices_client.get(f"{API}/marks/").json()
    assert [mark["kind"] for mark in listed["results"]] == list(reversed(Mark.Kind.values))
    only = alices_client.get(f"{API}/marks/", {"kind": "seen"}).json()
    assert [mark["kind"] for mark in only["results"]] == ["seen"]
    url = f"{API}/movies/{movie.pk}/marks/seen/"
    assert alices_client.delete(url).status_code == 204
    assert alices_client.delete(url).status_code == 204, "safe to repeat"
    assert Mark.objects.count() == 2


def test_an_unknown_kind_of_mark_is_not_found(alices_client: Client, make_movie: Make) -> None:
    movie = make_movie()
    for kind in ("loved", "SEEN", "seen1", "", "%00"):
        url = f"{API}/movies/{movie.pk}/marks/{kind}/"
        assert alices_client.put(url).status_code == 404
    assert alices_client.get(f"{API}/marks/", {"kind": "loved"}).status_code == 400


def test_bob_can_neither_see_nor_remove_what_is_alices(
    bobs_client: Client, alice: User, make_movie: Make
) -> None:
    movie = make_movie()
    Rating.objects.rate(alice, movie, 5)
    Mark.objects.add(alice, movie, Mark.Kind.WATCHLIST)
    for path in ("ratings", "marks"):
        assert bobs_client.get(f"{API}/{path}/").json()["results"] == []
        asked = bobs_client.get(f"{API}/{path}/", {"user": alice.pk})
        assert wrong(asked) == {"user": "unknown_parameter"}
    url = f"{API}/movies/{movie.pk}/marks/watchlist/"
    assert bobs_client.delete(url).status_code == 204, "he has none"
    assert Mark.objects.get().user == alice
    assert bobs_client.put(url).status_code == 201
    assert bobs_client.delete(url).status_code == 204
    assert Mark.objects.get().user == alice


@pytest.mark.parametrize("what", ["ratings", "marks", "me", "recommendations"])
def test_visitors_are_asked_to_log_in(client: Client, db: None, what: str) -> None:
    response = client.get(f"{API}/{what}/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert code(response) == "not_authenticated"


def test_queries_do_not_grow_with_rows(
    alices_client: Client, alice: User, make_movie: Make, queries: Callable
) -> None:
    urls = [f"{API}/ratings/?page_size=100", f"{API}/marks/?page_size=100"]

    def add(number: int) -> None:
        movie = make_movie(f"Movie {number}")
        Rating.objects.rate(alice, movie, 3)
        Mark.objects.add(alice, movie, Mark.Kind.SEEN)

    add(0)
    before = [queries(alices_client, url) for url in urls]
    for number in range(1, 60):
        add(number)
    assert [queries(alices_client, url) for url in urls] == before
    assert max(before) <= 6


def test_a_deactivated_account_has_no_access(
    alices_client: Client, alice: User, make_movie: Make
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert alices_client.get(f"{API}/me/").status_code == 401


class TestRatingsAsThePageListsThem:
    @pytest.fixture
    def three(self, alice: User, make_movie: Make) -> None:
        for title, year, stars, when, genres in (
            ("Amélie", 2001, 4.5, "2026-01-31T12:00Z", "Comedy"),
            ("Heat", 1995, 4, "2026-03-05T12:00Z", "Crime"),
            ("Solaris", 1972, 3, "2025-12-31T12:00Z", "Sci-Fi"),
        ):
            movie = make_movie(title, year, genres)
            Rating.objects.rate(alice, movie, stars, rated_at=datetime.fromisoformat(when))

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("", ["Heat", "Amélie", "Solaris"]),
            ("order=oldest", ["Solaris", "Amélie", "Heat"]),
            ("order=lowest", ["Solaris", "Heat", "Amélie"]),
            ("order=latest", ["Amélie", "Heat", "Solaris"]),
            ("order=surprise", ["Heat", "Amélie", "Solaris"]),
            ("q=amelie", ["Amélie"]),
            ("stars_from=4&stars_to=4.0", ["Heat"]),
            ("genre=crime", ["Heat"]),
            ("decade=1970", ["Solaris"]),
            ("rated_from=2026-01-31", ["Heat", "Amélie"]),
            ("rated_from=2025-12-31&rated_to=2026-01-31", ["Amélie", "Solaris"]),
            ("rated_from=0001-01-01&rated_to=9999-12-31", ["Heat", "Amélie", "Solaris"]),
        ],
    )
    def test_orders_and_filters(
        self, alices_client: Client, three: None, query: str, titles: list[str]
    ) -> None:
        answer = alices_client.get(f"{API}/ratings/?{query}").json()
        assert [one["movie"]["title"] for one in answer["results"]] == titles

    @pytest.mark.parametrize(
        "query",
        ["order=best", "stars_from=4.2", "stars_to=nan", "decade=1995", "rated_from=2026-1-5",
         "rated_to=2026-02-30", "q=%00"],
    )  # fmt: skip
    def test_invalid_filters_are_rejected(
        self, alices_client: Client, three: None, query: str
    ) -> None:
        assert alices_client.get(f"{API}/ratings/?{query}").status_code == 400
