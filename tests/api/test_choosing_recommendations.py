"""Recommendations within filters, at another boldness, and with their reasons."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Genre, Mark, Movie
from recommender.models import TrainingRun
from tests.api.conftest import API
from tests.api.problems import wrong
from tests.movies.watching.known import own

URL = f"{API}/recommendations/"


@pytest.fixture
def varied(fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]) -> list[Movie]:
    """The movies with years from 1960 on, runtimes, languages, and a genre on every fourth."""
    drama = Genre.objects.create(name="Drama", slug="drama")
    for number, movie in enumerate(two_tastes):
        movie.year, movie.runtime = 1960 + number, 60 + 3 * number
        movie.languages = "fr" if number % 4 == 2 else "en"
        movie.save()
    for movie in two_tastes[::4]:
        movie.genres.add(drama)
    return two_tastes


def asked(client: Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(URL, {"n": 100, **query})
    assert answer.status_code == 200, answer.content
    return [entry["movie"] for entry in answer.json()["results"]]


def test_every_filter_is_that_of_the_catalogue(varied: list[Movie], alices_client: Client) -> None:
    everything = {movie["id"] for movie in asked(alices_client)}
    for query in (
        {"genre": "drama"},
        {"decade": 1970},
        {"year_from": 1975, "year_to": 1980},
        {"length": "short"},
        {"runtime_from": 100, "runtime_to": 130},
        {"language": "fr"},
        {"genre": "drama", "decade": 1980},
    ):
        catalogue = alices_client.get(f"{API}/movies/", {"page_size": 100, **query}).json()
        wanted = {movie["id"] for movie in catalogue["results"]} & everything
        found = [movie["id"] for movie in asked(alices_client, **query)]
        assert wanted, query
        assert set(found) == wanted, query


@pytest.mark.parametrize("query", [{"genre": "no-such"}, {"decade": 1890}, {"tonight": "true"}])
def test_nothing_left_is_an_empty_list(
    varied: list[Movie], alices_client: Client, bobs_client: Client, query: dict[str, Any]
) -> None:
    for client in (alices_client, bobs_client):
        answer = client.get(URL, query)
        assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_the_list_keeps_its_order_within_a_filter(
    varied: list[Movie], alices_client: Client
) -> None:
    scores = {
        entry["movie"]["id"]: entry["score"]
        for entry in alices_client.get(URL, {"n": 100}).json()["results"]
    }
    within = alices_client.get(URL, {"n": 100, "language": "fr"}).json()["results"]
    assert all(entry["score"] == scores[entry["movie"]["id"]] for entry in within)


def test_tonight_is_what_the_house_has(varied: list[Movie], alices_client: Client) -> None:
    wanted = asked(alices_client)[3]["id"]
    own([Movie.objects.get(pk=wanted)])
    assert [movie["id"] for movie in asked(alices_client, tonight="true")] == [wanted]
    assert wanted in [movie["id"] for movie in asked(alices_client, tonight="false")]


def test_boldness_for_one_call(varied: list[Movie], even_fan: User, alices_client: Client) -> None:
    for boldness in (-2, 2):
        User.objects.filter(pk=even_fan.pk).update(boldness=boldness)
        chosen = alices_client.get(URL).json()
        User.objects.filter(pk=even_fan.pk).update(boldness=0)
        assert alices_client.get(URL, {"boldness": boldness}).json() == chosen
    assert alices_client.get(URL).json() != chosen


def test_without_the_watchlist(
    varied: list[Movie], even_fan: User, alices_client: Client, bob: User, bobs_client: Client
) -> None:
    first = asked(alices_client)[0]["id"]
    for user, client in ((even_fan, alices_client), (bob, bobs_client)):
        Mark.objects.add(user, Movie.objects.get(pk=first), Mark.Kind.WATCHLIST)
        assert first in [movie["id"] for movie in asked(client)]
        assert first not in [movie["id"] for movie in asked(client, exclude_watchlist="true")]


def test_reasons_are_those_of_the_explanation(varied: list[Movie], alices_client: Client) -> None:
    entries = alices_client.get(URL, {"n": 10, "reasons": "true"}).json()["results"]
    assert any(entry["reasons"] for entry in entries)
    for entry in entries:
        url = f"{API}/movies/{entry['movie']['id']}/explanation/"
        named = alices_client.get(url).json()["reasons"]
        for given, there in zip(entry["reasons"], named, strict=True):
            assert given.pop("share") == pytest.approx(there.pop("share"), abs=1e-4)
            assert given.pop("without") == pytest.approx(there.pop("without"), abs=1e-4)
        assert entry["reasons"] == named
    assert "reasons" not in alices_client.get(URL).json()["results"][0]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("boldness=3", "boldness", "max_value"),
        ("boldness=1.5", "boldness", "invalid"),
        ("decade=1985", "decade", "no_decade"),
        ("length=endless", "length", "invalid_choice"),
        ("reasons=maybe", "reasons", "invalid"),
        ("tonight=1", "tonight", "invalid"),
        ("genres=drama", "genres", "unknown_parameter"),
        ("page=2", "page", "unknown_parameter"),
    ],
)
def test_nonsense_is_named(alices_client: Client, query: str, field: str, code: str) -> None:
    assert wrong(alices_client.get(f"{URL}?{query}")) == {field: code}


def test_queries_are_few_and_constant(
    varied: list[Movie], alices_client: Client, queries: Callable
) -> None:
    """Two of them are the session's."""
    queries(alices_client, URL)  # the model is loaded once per process
    assert {queries(alices_client, f"{URL}?n={n}") for n in (1, 100)} == {4}
    assert {queries(alices_client, f"{URL}?n={n}&genre=drama") for n in (1, 5)} == {5}
    assert {queries(alices_client, f"{URL}?n={n}&reasons=true") for n in (2, 20)} == {6}
