"""Operators edit the catalogue through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from tests.api.conftest import API
from tests.api.problems import code, wrong

URL = f"{API}/operator/movies/"
JSON = "application/json"
Make = Callable[..., Movie]


def test_it_works(staff_client: Client, make_movie: Make) -> None:
    make_movie("Alien", genres="Horror")
    sent = {"title": "Stalker", "year": 1979, "genres": ["horror"]}
    answer = staff_client.post(URL, sent, content_type=JSON)
    assert answer.status_code == 201, answer.content
    movie = Movie.objects.get(title="Stalker")
    assert (movie.year, movie.title_key) == (1979, "stalker")
    assert answer.json()["genres"] == ["horror"]
    assert LogEntry.objects.get().object_id == str(movie.pk)


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({}, {"title": "required"}),
        ({"title": "A", "year": 1200}, {"year": "min_value"}),
        ({"title": "A", "movielens_id": -1}, {"movielens_id": "min_value"}),
        ({"title": "A", "movielens_id": 10**30}, {"movielens_id": "max_value"}),
        ({"title": "A", "n_ratings": 5}, {"n_ratings": "unknown_field"}),
        ({"title": "A", "genres": ["nothing"]}, {"genres": "does_not_exist"}),
    ],
)
def test_what_is_refused(staff_client: Client, sent: dict[str, Any], problem: dict) -> None:
    answer = staff_client.post(URL, sent, content_type=JSON)
    assert answer.status_code == 400
    assert wrong(answer) == problem
    assert not Movie.objects.exists()


def test_an_id_of_a_retired_movie_is_taken(staff_client: Client, make_movie: Make) -> None:
    retired, other = make_movie("Alien", movielens_id=1214), make_movie("Stalker")
    Movie.everything.filter(pk=retired.pk).retire()
    body = {"title": "Alien", "movielens_id": 1214}
    for answer in (
        staff_client.post(URL, body, content_type=JSON),
        staff_client.patch(f"{URL}{other.pk}/", body, content_type=JSON),
    ):
        assert answer.status_code == 400
        assert wrong(answer) == {"movielens_id": "unique"}
    own = staff_client.patch(f"{URL}{retired.pk}/", body, content_type=JSON)
    assert own.status_code == 200


def test_what_is_typed_at_first_stays(staff_client: Client, db: None) -> None:
    sent = {"title": "Alien", "runtime": 117, "description": ""}
    assert staff_client.post(URL, sent, content_type=JSON).status_code == 201
    sources = Movie.objects.get().fact_sources
    assert sources["runtime"]["source"] == "operator"
    assert "description" not in sources, "what is left blank may be filled in"


def test_no_change_is_lost(staff_client: Client, alice: User, make_movie: Make) -> None:
    movie = make_movie("Alien", description="In space no one can hear you scream. " * 20)
    url = f"{URL}{movie.pk}/"

    def change(runtime: int, tag: str) -> Any:
        body = {"runtime": runtime}
        return staff_client.patch(url, body, content_type=JSON, headers={"If-Match": tag})

    tag = staff_client.get(url, headers={"Accept-Encoding": "gzip"})["ETag"]
    assert tag.startswith("W/")
    Rating.objects.rate(alice, movie, 4)  # no conflict
    first = change(117, tag)
    assert first.status_code == 200
    late = change(90, tag)
    assert (late.status_code, code(late)) == (412, "changed_meanwhile")
    assert Movie.objects.get().runtime == 117
    assert change(90, first["ETag"]).json()["runtime"] == 90
    assert Movie.objects.get().fact_sources["runtime"]["source"] == "operator"


def test_ratings_go_only_when_counted(staff_client: Client, alice: User, make_movie: Make) -> None:
    movie = make_movie("Alien")
    Rating.objects.rate(alice, movie, 4)
    url = f"{URL}{movie.pk}/"
    refused = staff_client.delete(url)
    assert (refused.status_code, code(refused)) == (409, "ratings_would_go")
    assert staff_client.delete(f"{url}?confirm=2").status_code == 409
    assert Rating.objects.exists()
    for _ in range(2):
        assert staff_client.delete(f"{url}?confirm=1").status_code == 204
    assert not Movie.everything.exists()


def test_retiring_and_merging(staff_client: Client, make_movie: Make) -> None:
    movie, double = make_movie("Alien"), make_movie("Allien")
    assert staff_client.post(f"{URL}{movie.pk}/retire/").json()["is_retired"]
    assert not Movie.objects.filter(pk=movie.pk).exists()
    assert not staff_client.post(f"{URL}{movie.pk}/bring-back/").json()["is_retired"]
    ids = {"survivor": movie.pk, "merged": double.pk}
    merged = staff_client.post(f"{URL}merge/", ids, content_type=JSON)
    assert merged.json()["id"] == movie.pk
    assert Movie.everything.get(pk=double.pk).merged_into == movie
    assert staff_client.post(f"{URL}merge/", ids, content_type=JSON).status_code == 404
    same = {"survivor": movie.pk, "merged": movie.pk}
    answer = staff_client.post(f"{URL}merge/", same, content_type=JSON)
    assert (answer.status_code, code(answer)) == (409, "not_mergeable")


def bulk(client: Client, movies: list[dict[str, Any]], **asked: Any) -> Any:
    return client.put(f"{URL}bulk/", {"movies": movies, **asked}, content_type=JSON)


def test_many_at_once(staff_client: Client, make_movie: Make) -> None:
    alien = make_movie("Alien", year=1979, imdb_id="tt0078748")
    rows = [
        {"title": "Alien", "imdb_id": "tt0078748", "runtime": 117},
        {"title": "Stalker", "year": 1979, "genres": ["Drama"], "imdb_id": "tt0079944"},
    ]
    dry = bulk(staff_client, rows, dry_run=True).json()
    assert (dry["written"], Movie.objects.count()) == (False, 1)
    answer = bulk(staff_client, rows).json()
    assert answer["written"]
    assert answer["results"] == [
        {"row": 0, "result": "changed", "movie": alien.pk, "detail": None},
        {
            "row": 1,
            "result": "new",
            "movie": Movie.objects.get(title="Stalker").pk,
            "detail": None,
        },
    ]
    assert Movie.objects.get(pk=alien.pk).runtime == 117
    assert LogEntry.objects.count() == 2
    again = bulk(staff_client, rows).json()
    assert {row["result"] for row in again["results"]} == {"unchanged"}


def test_wikidata_ids_find_movies(staff_client: Client, make_movie: Make) -> None:
    alien = make_movie("Alien", year=1979, wikidata_id="Q103569")
    row = {"title": "Alien – Das unheimliche Wesen", "wikidata_id": "Q103569", "runtime": 117}
    answer = bulk(staff_client, [row]).json()
    assert answer["results"] == [{"row": 0, "result": "changed", "movie": alien.pk, "detail": None}]
    twice = [{"title": title, "wikidata_id": "Q192724"} for title in ("Stalker", "Сталкер")]
    results = bulk(staff_client, twice).json()["results"]
    assert [row["result"] for row in results] == ["new", "rejected"]
    shared = [{**row, "imdb_id": f"tt000000{n}"} for n, row in enumerate(twice, 1)]
    results = bulk(staff_client, shared).json()["results"]
    assert [row["result"] for row in results] == ["new", "new"], "ids of their own decide"


def test_one_bad_row_keeps_all_out(staff_client: Client, db: None) -> None:
    bad = [{"title": f"Movie {n}", "year": 1200} for n in range(30)]
    answer = bulk(staff_client, [{"title": "Stalker"}, *bad]).json()
    assert not answer["written"]
    assert [row["result"] for row in answer["results"]] == ["new", *["rejected"] * 30]
    assert "year" in answer["results"][30]["detail"]
    assert not Movie.objects.exists()
    assert bulk(staff_client, [{"title": "A"}] * 501).status_code == 400
    assert wrong(bulk(staff_client, [{"title": "A", "stars": 5}])) != {}


def test_many_at_once_need_both_rights(client: Client, alice: User, make_movie: Make) -> None:
    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(Permission.objects.get(codename="add_movie"))
    client.force_login(alice)
    assert bulk(client, [{"title": "Stalker"}]).status_code == 403
    alice.user_permissions.add(Permission.objects.get(codename="change_movie"))
    assert bulk(client, [{"title": "Stalker"}]).json()["written"]
