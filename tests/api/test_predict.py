"""Recommendations for people without an account, who send their ratings."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import User
from movies.models import Genre, Movie, Rating
from recommender.models import TrainingRun
from tests.api.conftest import API
from tests.api.problems import wrong

URL = f"{API}/predict/"
STARS = [5, 1, 4.5, 2, 4, 1.5, 3.5, 0.5]


@pytest.fixture
def model(fitted: TrainingRun, two_tastes: list[Movie]) -> TrainingRun:
    drama = Genre.objects.create(name="Drama", slug="drama")
    for movie in two_tastes[::3]:
        movie.genres.add(drama)
    return fitted


def send(client: Client, **body: Any) -> dict[str, Any]:
    answer = client.post(URL, body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def same_ratings(user: User, movies: list[Movie]) -> list[dict[str, Any]]:
    """Given by the user, a minute apart, and as a client sends them."""
    start = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
    for number, (movie, stars) in enumerate(zip(movies, STARS, strict=False)):
        Rating.objects.rate(user, movie, stars, rated_at=start + timedelta(minutes=number))
    return [
        {"movie": movie.pk, "stars": stars} for movie, stars in zip(movies, STARS, strict=False)
    ]


@pytest.mark.parametrize("query", [{}, {"boldness": 2, "n": 5}, {"genre": "drama", "n": 100}])
def test_it_is_what_an_account_gets(
    model: TrainingRun,
    bob: User,
    bobs_client: Client,
    client: Client,
    two_tastes: list[Movie],
    query: dict[str, Any],
) -> None:
    ratings = same_ratings(bob, two_tastes)
    wanted = [two_tastes[30].pk, two_tastes[0].pk, two_tastes[31].pk]
    answer = send(client, ratings=ratings, movies=wanted, reasons=True, **query)
    asked = {"reasons": "true", **query}
    assert answer.pop("movies") == [
        bobs_client.get(f"{API}/movies/", {"ids": pk}).json()["results"][0] for pk in wanted
    ]
    assert answer.pop("not_found") == []
    assert answer == bobs_client.get(f"{API}/recommendations/", asked).json()
    assert answer["source"] == "personal"


def test_times_count_as_for_an_account(
    model: TrainingRun, bob: User, bobs_client: Client, client: Client, two_tastes: list[Movie]
) -> None:
    ratings = same_ratings(bob, two_tastes)
    days = [datetime(2020, 1, 1 + day, tzinfo=UTC) for day in (7, 2, 5, 0, 3, 1, 6, 4)]
    for rating, day in zip(ratings, days, strict=True):
        Rating.objects.filter(user=bob, movie=rating["movie"]).update(rated_at=day)
        rating["rated_at"] = day.isoformat()
    mine = bobs_client.get(f"{API}/recommendations/").json()["results"]
    assert send(client, ratings=ratings)["results"] == mine


def test_movies_are_known_by_other_numbers(
    model: TrainingRun, client: Client, two_tastes: list[Movie]
) -> None:
    first, second, merged = two_tastes[:3]
    Movie.objects.filter(pk=first.pk).update(imdb_id="tt0078748", tmdb_id=348)
    Movie.objects.filter(pk=merged.pk).retire()
    Movie.everything.filter(pk=merged.pk).update(merged_into=second)
    wanted = [pk.pk for pk in (first, second)]
    by_id = send(client, ratings=[{"movie": pk, "stars": 5} for pk in wanted], movies=wanted)
    by_other = send(
        client,
        ratings=[
            {"imdb_id": "tt0078748", "stars": 1},
            {"imdb_id": "tt9999999", "stars": 1},
            {"tmdb_id": 348, "stars": 5},
            {"movie": merged.pk, "stars": 5},
            {"movie": 10**17, "stars": 5},
        ],
        movies=[*wanted, 10**17],
    )
    assert by_other.pop("not_found") == [1, 4]
    assert by_id.pop("not_found") == []
    assert by_other == by_id
    assert [movie["my_rating"] for movie in by_id["movies"]] == [5, 5]


def test_without_ratings_it_is_what_is_well_loved(
    model: TrainingRun, client: Client, bobs_client: Client, two_tastes: list[Movie]
) -> None:
    answer = send(client, ratings=[])
    assert answer["source"] == "popular"
    assert answer["results"] == bobs_client.get(f"{API}/recommendations/").json()["results"]


def test_without_a_model_rated_movies_are_left_out(
    client: Client, make_movie: Callable[..., Movie]
) -> None:
    rated, other = make_movie("Rated"), make_movie("Other")
    answer = send(client, ratings=[{"movie": rated.pk, "stars": 5}], movies=[rated.pk])
    assert (answer["run"], answer["source"]) == (None, "popular")
    assert [entry["movie"]["id"] for entry in answer["results"]] == [other.pk]
    assert answer["movies"][0]["predicted"] is None


def test_nothing_is_stored(model: TrainingRun, client: Client, two_tastes: list[Movie]) -> None:
    before = rows()
    ratings = [{"movie": movie.pk, "stars": 4} for movie in two_tastes[:5]]
    answer = client.post(URL, {"ratings": ratings}, content_type="application/json")
    assert answer.status_code == 200
    assert rows() == before
    assert not answer.cookies


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ratings"),
        ({"ratings": None}, "ratings"),
        ({"ratings": "all"}, "ratings"),
        ({"ratings": [{"movie": 1, "stars": 4}] * 501}, "ratings"),
        ({"ratings": [], "n": 101}, "n"),
        ({"ratings": [], "movies": [0]}, "movies.0"),
        ({"ratings": [], "movies": list(range(1, 102))}, "movies"),
        ({"ratings": [], "boldness": "2"}, "boldness"),
        ({"ratings": [], "tonight": True}, "tonight"),
        ({"ratings": [], "decade": 1985}, "decade"),
        ({"ratings": [], "color": "red"}, "color"),
        ({"ratings": [{"movie": 1}]}, "ratings.0.stars"),
        ({"ratings": [{"movie": 1, "stars": 4.2}]}, "ratings.0.stars"),
        ({"ratings": [{"movie": "1", "stars": 4}]}, "ratings.0.movie"),
        ({"ratings": [{"stars": 4}]}, "ratings.0"),
        ({"ratings": [{"movie": 1, "tmdb_id": 2, "stars": 4}]}, "ratings.0"),
        ({"ratings": [{"imdb_id": "78748", "stars": 4}]}, "ratings.0.imdb_id"),
    ],
)
def test_nonsense_is_named(client: Client, db: None, body: Any, field: str) -> None:
    answer = client.post(URL, body, content_type="application/json")
    assert answer.status_code == 400
    assert [name for name in wrong(answer) if name and name.startswith(field)], answer.content


def test_times_of_all_or_none(client: Client, db: None) -> None:
    ratings = [
        {"movie": 1, "stars": 4, "rated_at": "2026-03-05T20:00:00Z"},
        {"movie": 2, "stars": 4},
    ]
    answer = client.post(URL, {"ratings": ratings}, content_type="application/json")
    assert "ratings" in wrong(answer)


def test_it_is_limited(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        SimpleRateThrottle,
        "THROTTLE_RATES",
        {
            "visitor_reads": None,
            "visitor_writes": "2/min",
            "member_reads": None,
            "member_writes": None,
        },
    )
    codes = [
        client.post(URL, {"ratings": []}, content_type="application/json").status_code
        for _ in range(3)
    ]
    assert codes == [200, 200, 429]


def test_queries_do_not_grow_with_ratings(
    model: TrainingRun, client: Client, two_tastes: list[Movie]
) -> None:
    def queries(n: int) -> int:
        ratings = [{"movie": movie.pk, "stars": 4} for movie in two_tastes[:n]]
        with CaptureQueriesContext(connection) as captured:
            send(client, ratings=ratings, n=n, movies=[movie.pk for movie in two_tastes[:n]])
        return len([one for one in captured if "limits" not in one["sql"]])

    queries(1)
    assert queries(2) == queries(20) <= 4
