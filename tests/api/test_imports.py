"""Imports through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, PersonalImport, Rating
from movies.my_imports import lifecycle
from tests.api.conftest import API
from tests.movies.my_imports import exports
from tests.movies.my_imports.conftest import films

__all__ = ["films"]

IMPORTS = f"{API}/imports/"


def upload(client: Client, **fields: Any) -> Any:
    fields.setdefault("file", exports.zip_file(exports.LETTERBOXD))
    return client.post(IMPORTS, fields)


def test_it_works(alices_client: Client, alice: User, films: dict[str, Movie]) -> None:
    answer = upload(alices_client)
    assert answer.status_code == 202, answer.content
    address = answer["Location"]
    assert answer.json()["state"] == "waiting"
    lifecycle.run(PersonalImport.objects.get())
    found = alices_client.get(address).json()
    assert (found["state"], found["percent"]) == ("done", 100)
    assert found["counts"]["rating added"] == 2
    assert Rating.objects.of(alice).count() == 2
    answer = alices_client.post(f"{address}undo/")
    assert answer.status_code == 202
    lifecycle.run(PersonalImport.objects.get())
    assert alices_client.get(address).json()["state"] == "undone"
    assert not Rating.objects.exists()


def test_look_before_starting(alices_client: Client, films: dict, make_movie: Any) -> None:
    other = make_movie("Heat", 1995)
    found = upload(alices_client, start="false").json()
    assert found["state"] == "ready"
    assert found["matches"]["ambiguous"] == 4
    address = f"{IMPORTS}{found['id']}/"
    rows = alices_client.get(f"{address}rows/?match=ambiguous").json()["results"]
    assert other.pk in [movie["id"] for movie in rows[0]["candidates"]]
    choose = {"row": rows[0]["id"], "movie": films["alien"].pk}
    assert alices_client.post(f"{address}choose/", choose, "application/json").status_code == 400
    choose["movie"] = other.pk
    found = alices_client.post(f"{address}choose/", choose, "application/json").json()
    assert "ambiguous" not in found["matches"]
    started = alices_client.post(f"{address}start/", {"policy": "mine"}, "application/json")
    assert (started.status_code, started.json()["policy"]) == (202, "mine")
    assert alices_client.post(f"{address}choose/", choose, "application/json").status_code == 409
    assert alices_client.post(f"{address}start/", {}, "application/json").status_code == 409
    assert alices_client.post(f"{address}cancel/").json()["state"] == "cancelled"
    assert alices_client.post(f"{address}cancel/").status_code == 409


def test_a_table(alices_client: Client, alice: User, films: dict) -> None:
    def table() -> Any:
        return exports.csv_file("Film;Jahr;Note\nAlien;1979;9\n")

    asked = upload(alices_client, file=table()).json()
    assert (asked["state"], asked["columns"]) == ("asking", ["film", "jahr", "note"])
    columns = json.dumps({"title": "Film", "year": "Jahr", "rating": "Note"})
    made = upload(alices_client, file=table(), source="csv", columns=columns, scale="10")
    assert made.json()["state"] == "waiting"
    lifecycle.run(PersonalImport.objects.get(state="waiting"))
    assert Rating.objects.of(alice).get().stars == 4.5


@pytest.mark.parametrize(
    "fields",
    [
        {"file": exports.csv_file("")},
        {"file": exports.csv_file("x")},
        {"file": "text"},
        {"source": "nowhere"},
        {"source": "imdb"},
        {"policy": "always"},
        {"scale": "11"},
        {"columns": "{"},
        {"columns": "[" * 1000},
        {"columns": '{"title": 3}'},
        {"columns": '{"director": "x"}'},
        {"adds_movies": "true"},
        {"start": "perhaps"},
    ],
)
def test_bad_input(alices_client: Client, films: dict, fields: dict[str, Any]) -> None:
    answer = upload(alices_client, **fields)
    assert answer.status_code == 400, answer.content
    assert not PersonalImport.objects.exists()


def test_json_is_no_upload(alices_client: Client) -> None:
    assert alices_client.post(IMPORTS, {"file": "x"}, "application/json").status_code == 415
    broken = alices_client.post(IMPORTS, b"--x", content_type="multipart/form-data; boundary=y")
    assert broken.status_code == 400


def test_bob_cannot_see_or_touch_alices_import(
    alices_client: Client, bobs_client: Client, films: dict
) -> None:
    address = f"{IMPORTS}{upload(alices_client).json()['id']}/"
    assert bobs_client.get(IMPORTS).json()["results"] == []
    assert bobs_client.get(address).status_code == 404
    assert bobs_client.get(f"{address}rows/").status_code == 404
    for action in ("start", "cancel", "undo", "choose"):
        assert bobs_client.post(f"{address}{action}/").status_code == 404
    assert PersonalImport.objects.get().state == "waiting"
