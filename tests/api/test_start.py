"""The first minute, for API clients."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import StartingAnswer, TrainingRun
from tests.api.conftest import API
from tests.api.problems import wrong

JSON = "application/json"


def put(client: Client, path: str, body: Any = None) -> Any:
    return client.put(f"{API}/start/{path}", body or {}, content_type=JSON)


def test_it_works(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    start = bobs_client.get(f"{API}/start/").json()
    assert (start["n_ratings"], start["enough"], start["favourites"]) == (0, 5, [])
    assert len(start["groups"]) >= 2
    assert not any(group["picked"] for group in start["groups"])

    wanted = [movie["id"] for movie in start["groups"][0]["movies"]]
    answer = put(bobs_client, "groups/", {"groups": [wanted]}).json()
    assert answer["groups"][0]["picked"]
    assert bobs_client.get(f"{API}/recommendations/").json()["source"] == "personal"

    questions = bobs_client.get(f"{API}/start/questions/?n=3").json()["results"]
    assert len({movie["id"] for movie in questions}) == 3
    assert all(movie["predicted"] is None for movie in questions)
    first, second, third = (movie["id"] for movie in questions)
    bobs_client.put(f"{API}/movies/{first}/rating/", {"stars": 4}, content_type=JSON)
    assert put(bobs_client, f"unseen/{second}/").status_code == 204
    named = put(bobs_client, f"favourites/{third}/").json()
    assert [movie["id"] for movie in named["favourites"]] == [third]
    assert named["n_ratings"] == 1
    asked = {m["id"] for m in bobs_client.get(f"{API}/start/questions/?n=20").json()["results"]}
    assert not {first, second, third} & asked

    for path in (f"unseen/{second}/", f"favourites/{third}/"):
        assert bobs_client.delete(f"{API}/start/{path}").status_code == 204
    assert put(bobs_client, "groups/", {"groups": []}).status_code == 200
    assert not StartingAnswer.objects.exists()
    assert not Mark.objects.exists()
    assert Rating.objects.of(bob).count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"groups": 1},
        {"groups": [1]},
        {"groups": [["x"]]},
        {"groups": [[0]]},
        {"groups": [[2**63]]},
        {"groups": [[1, 2, 3, 4]]},
        {"groups": [[1]] * 13},
    ],
)
def test_what_is_no_group_is_refused_by_field(
    fitted: TrainingRun, bobs_client: Client, body: dict
) -> None:
    answer = put(bobs_client, "groups/", body)
    assert answer.status_code == 400
    assert {str(field).split(".")[0] for field in wrong(answer)} == {"groups"}


@pytest.mark.parametrize("n", ["0", "21", "x", "-1"])
def test_how_many_questions_is_limited(bobs_client: Client, n: str) -> None:
    assert bobs_client.get(f"{API}/start/questions/?n={n}").status_code == 400


@pytest.mark.parametrize("path", ["unseen/999999/", "favourites/999999/"])
def test_there_is_no_such_movie(db: None, bobs_client: Client, path: str) -> None:
    assert put(bobs_client, path).status_code == 404
    assert bobs_client.delete(f"{API}/start/{path}").status_code == 404


def test_groups_of_deleted_movies_are_left_out(
    fitted: TrainingRun, bobs_client: Client, two_tastes: list[Movie]
) -> None:
    answer = put(bobs_client, "groups/", {"groups": [[999999, two_tastes[0].pk]]})
    assert answer.status_code == 200
    assert StartingAnswer.objects.get().movie == two_tastes[0]


def test_queries_do_not_grow(
    fitted: TrainingRun,
    bobs_client: Client,
    bob: User,
    two_tastes: list[Movie],
    queries: Callable[[Client, str], int],
) -> None:
    bobs_client.get(f"{API}/start/")
    few = queries(bobs_client, f"{API}/start/"), queries(bobs_client, f"{API}/start/questions/")
    for movie in two_tastes[:6]:
        put(bobs_client, f"favourites/{movie.pk}/")
    many = (
        queries(bobs_client, f"{API}/start/"),
        queries(bobs_client, f"{API}/start/questions/?n=20"),
    )
    assert many == few
