"""Recommendations, predictions and neighbours as clients get them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.core.ranking import half_steps
from recommender.models import MovieGroups, TrainingRun
from tests.api.conftest import API
from tests.api.problems import wrong

URL = f"{API}/recommendations/"


def test_it_works(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    answer = alices_client.get(URL, {"n": 10}).json()
    assert (answer["run"], answer["source"]) == (fitted.pk, "personal")
    even = {movie.pk for movie in two_tastes[::2]}
    assert len(answer["results"]) == 10
    assert {item["movie"]["id"] for item in answer["results"]} <= even
    shown = [
        (half_steps(item["movie"]["predicted"]["stars"]), item["score"])
        for item in answer["results"]
    ]
    assert shown == sorted(shown, reverse=True)
    for item in answer["results"]:
        predicted = item["movie"]["predicted"]
        assert 0.5 <= predicted["low"] <= predicted["stars"] <= predicted["high"] <= 5
        assert item["movie"]["my_rating"] is None


def test_a_rating_counts_at_once(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    first = alices_client.get(URL).json()["results"][0]["movie"]["id"]
    alices_client.put(
        f"{API}/movies/{first}/rating/", {"stars": 5}, content_type="application/json"
    )
    second = alices_client.get(URL, {"n": 100}).json()["results"]
    assert first not in [item["movie"]["id"] for item in second]
    alices_client.put(f"{API}/movies/{second[0]['movie']['id']}/marks/not_interested/")
    third = alices_client.get(URL, {"n": 100}).json()["results"]
    assert second[0]["movie"]["id"] not in [item["movie"]["id"] for item in third]


def test_everybody_gets_their_own(
    fitted: TrainingRun,
    even_fan: User,
    bob: User,
    alices_client: Client,
    bobs_client: Client,
    two_tastes: list[Movie],
) -> None:
    for number in (1, 3, 5, 7):
        Rating.objects.rate(bob, two_tastes[number], 5)
        Rating.objects.rate(bob, two_tastes[number + 1], 1)
    mine, theirs = (
        [item["movie"]["id"] for item in c.get(URL, {"n": 5}).json()["results"]]
        for c in (alices_client, bobs_client)
    )
    assert not set(mine) & set(theirs)


def test_somebody_new_gets_what_is_well_loved(
    alices_client: Client, make_movie: Callable[..., Movie], crowd: Callable
) -> None:
    loved, hated = make_movie("Loved"), make_movie("Hated")
    crowd(loved, [5, 5, 5])
    crowd(hated, [1, 1, 1])
    answer = alices_client.get(URL).json()
    assert (answer["source"], answer["run"]) == ("popular", None)
    assert [item["movie"]["title"] for item in answer["results"]] == ["Loved", "Hated"]
    assert answer["results"][0]["movie"]["predicted"] is None


@pytest.mark.parametrize("n", ["0", "-1", "101", "abc", "1e9", "9" * 5000, "1.5"])
def test_how_many_is_a_number_up_to_a_hundred(alices_client: Client, n: str) -> None:
    response = alices_client.get(URL, {"n": n})
    assert response.status_code == 400
    assert list(wrong(response)) == ["n"]


def test_the_catalogue_carries_predictions(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    client: Client,
    two_tastes: list[Movie],
) -> None:
    listed = alices_client.get(f"{API}/movies/", {"page_size": 100}).json()["results"]
    stars = {movie["id"]: movie["predicted"] for movie in listed}
    assert stars[two_tastes[10].pk]["stars"] > stars[two_tastes[11].pk]["stars"]
    assert all(0.5 <= predicted["stars"] <= 5 for predicted in stars.values())
    one = alices_client.get(f"{API}/movies/{two_tastes[10].pk}/").json()
    assert one["predicted"] == stars[two_tastes[10].pk]
    assert client.get(f"{API}/movies/{two_tastes[10].pk}/").json()["predicted"] is None


def test_similar_movies(
    fitted: TrainingRun, client: Client, alices_client: Client, alice: User, two_tastes: list[Movie]
) -> None:
    url = f"{API}/movies/{two_tastes[0].pk}/similar/"
    found = [movie["id"] for movie in client.get(url, {"n": 8}).json()["results"]]
    assert len(found) == 8
    assert two_tastes[0].pk not in found
    assert len(set(found) & {movie.pk for movie in two_tastes[::2]}) >= 6
    Mark.objects.add(alice, Movie.objects.get(pk=found[0]), Mark.Kind.SEEN)
    mine = [movie["id"] for movie in alices_client.get(url, {"n": 8}).json()["results"]]
    assert found[0] not in mine
    assert client.get(url, {"n": 1000}).status_code == 400


def test_queries_do_not_grow_with_what_is_asked(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    queries: Callable,
    two_tastes: list[Movie],
) -> None:
    similar = f"{API}/movies/{two_tastes[0].pk}/similar/"
    for url in (URL, similar):
        queries(alices_client, url)  # the model is loaded once per process
        assert queries(alices_client, f"{url}?n=2") == queries(alices_client, f"{url}?n=30")
    what_if = f"{API}/movies/{two_tastes[10].pk}/what-if/?stars=2"
    assert queries(alices_client, f"{what_if}&n=1") == queries(alices_client, f"{what_if}&n=100")
    assert queries(alices_client, f"{what_if}&n=100") <= 8
    assert queries(alices_client, f"{URL}?n=30") == 4, "two of the session"
    assert queries(alices_client, f"{API}/movies/?page_size=1") == queries(
        alices_client, f"{API}/movies/?page_size=40"
    )


def test_shelves_ask_nothing_about_onboarding(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    """Questions to rate next are for the page; choosing them reads the groups of the run."""
    with CaptureQueriesContext(connection) as captured:
        response = alices_client.get(f"{API}/shelves/")
    assert response.json()["results"]
    table = MovieGroups._meta.db_table
    assert not [query["sql"] for query in captured.captured_queries if table in query["sql"]]
