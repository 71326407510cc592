"""Tests of viewings and of earlier ratings in the API."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating, Viewing
from movies.periods import Period
from tests.api.conftest import API
from tests.api.problems import wrong

URL = f"{API}/viewings/"
JSON = "application/json"


@pytest.fixture
def movie(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Amélie", 2001)


def test_it_works(alices_client: Client, alice: User, movie: Movie) -> None:
    sent = {
        "movie": movie.pk,
        "watched": "2026-03-05",
        "is_rewatch": True,
        "tags": ["with Bob", "#Café", "cafe"],
        "note": "Très bien.\r\n",
    }
    made = alices_client.post(URL, sent, content_type=JSON)
    assert made.status_code == 201
    viewing = made.json()
    assert viewing["movie"]["title"] == "Amélie"
    assert (viewing["watched"], viewing["is_rewatch"]) == ("2026-03-05", True)
    assert (viewing["tags"], viewing["note"]) == (["Café", "with Bob"], "Très bien.")
    url = f"{URL}{viewing['id']}/"
    assert alices_client.get(url).json() == viewing
    changed = alices_client.patch(url, {"watched": "2026-03"}, content_type=JSON).json()
    assert changed | {"watched": "2026-03-05", "updated_at": viewing["updated_at"]} == viewing
    changed = alices_client.patch(url, {"watched": None, "tags": []}, content_type=JSON).json()
    assert (changed["watched"], changed["tags"]) == (None, [])
    assert alices_client.delete(url).status_code == 204
    assert alices_client.get(url).status_code == 404
    assert not Viewing.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"movie": None}, "movie"),
        ({"movie": "x"}, "movie"),
        ({"watched": "2026-13"}, "watched"),
        ({"watched": "05.03.2026"}, "watched"),
        ({"watched": 2026}, "watched"),
        ({"watched": "9000"}, "watched"),
        ({"watched": "1899-12-31"}, "watched"),
        ({"tags": ["a, b"]}, "tags.0"),
        ({"tags": ["x" * 61]}, "tags.0"),
        ({"tags": "cinema"}, "tags"),
        ({"tags": [str(n) for n in range(31)]}, "tags"),
        ({"note": "x" * 10_001}, "note"),
        ({"is_rewatch": "perhaps"}, "is_rewatch"),
    ],
)
def test_what_is_wrong_is_refused(
    alices_client: Client, movie: Movie, fields: dict, field: str
) -> None:
    sent = {"movie": movie.pk, **fields}
    answer = alices_client.post(URL, sent, content_type=JSON)
    assert answer.status_code == 400
    assert list(wrong(answer)) == [field]
    assert not Viewing.objects.exists()


def test_there_is_no_such_movie(alices_client: Client) -> None:
    assert alices_client.post(URL, {"movie": 1}, content_type=JSON).status_code == 404


def test_bob_neither_sees_nor_changes_alices(
    bobs_client: Client, alice: User, movie: Movie
) -> None:
    viewing = Viewing.objects.log(alice, movie, note="secret", tags=["secret"])
    url = f"{URL}{viewing.pk}/"
    for call in (bobs_client.get, bobs_client.delete):
        assert call(url).status_code == 404
    assert bobs_client.patch(url, {"note": "x"}, content_type=JSON).status_code == 404
    for listed in (URL, f"{URL}?q=secret", f"{URL}?movie={movie.pk}"):
        assert bobs_client.get(listed).json()["results"] == []
    assert bobs_client.get(f"{URL}tags/").json() == []
    assert Viewing.objects.get().note == "secret"


class TestLists:
    @pytest.fixture(autouse=True)
    def three(self, alice: User, movie: Movie, make_movie: Callable[..., Movie]) -> None:
        heat = make_movie("Heat", 1995)
        log = Viewing.objects.log
        log(alice, movie, Period(2026, 3, 5), note="Élan", tags=["Café", "b"])
        log(alice, heat, Period(2025), is_rewatch=True, tags=["b"])
        log(alice, heat)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["2026-03-05", "2025", None]),
            ("order=earliest", ["2025", "2026-03-05", None]),
            ("q=elan", ["2026-03-05"]),
            ("q=HEAT", ["2025", None]),
            ("tag=cafe", ["2026-03-05"]),
            ("watched_from=2026-01-01", ["2026-03-05"]),
            ("watched_to=2025-12-31", ["2025"]),
            ("dated=false", [None]),
            ("dated=true&is_rewatch=false", ["2026-03-05"]),
            ("is_rewatch=true", ["2025"]),
        ],
    )
    def test_filters(self, alices_client: Client, query: str, found: list) -> None:
        answer = alices_client.get(f"{URL}?{query}").json()
        assert [one["watched"] for one in answer["results"]] == found

    def test_of_one_movie(self, alices_client: Client, movie: Movie) -> None:
        assert len(alices_client.get(f"{URL}?movie={movie.pk}").json()["results"]) == 1

    @pytest.mark.parametrize(
        "query",
        ["movie=x", "movie=0", "order=x", "watched_from=2026", "dated=x", "tag=" + 61 * "x"],
    )
    def test_nonsense_is_refused(self, alices_client: Client, query: str) -> None:
        assert alices_client.get(f"{URL}?{query}").status_code == 400

    def test_tags(self, alices_client: Client) -> None:
        answer = alices_client.get(f"{URL}tags/").json()
        assert answer == [{"name": "b", "n": 2}, {"name": "Café", "n": 1}]

    def test_queries_do_not_grow(
        self, alices_client: Client, alice: User, movie: Movie, queries: Callable
    ) -> None:
        before = queries(alices_client, f"{URL}?page_size=100")
        for _ in range(30):
            Viewing.objects.log(alice, movie, tags=["x", "y"])
        assert queries(alices_client, f"{URL}?page_size=100") == before <= 7


def test_rating_history(
    alices_client: Client, bobs_client: Client, alice: User, movie: Movie, make_movie
) -> None:
    long_ago = datetime(2019, 5, 17, tzinfo=UTC)
    for one in (movie, make_movie("Heat")):
        Rating.objects.rate(alice, one, 4, rated_at=long_ago)
        alices_client.put(f"{API}/movies/{one.pk}/rating/", {"stars": 2}, content_type=JSON)
    url = f"{API}/ratings/history/"
    answer = alices_client.get(url).json()
    assert [one["movie"]["title"] for one in answer["results"]] == ["Heat", "Amélie"]
    only = alices_client.get(url, {"movie": movie.pk}).json()["results"]
    assert [(one["stars"], one["rated_at"]) for one in only] == [(4.0, "2019-05-17T00:00:00Z")]
    assert bobs_client.get(url).json()["results"] == []
    assert alices_client.get(url, {"movie": "x"}).status_code == 400
