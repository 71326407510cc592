"""The site closed for maintenance."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from movies.models import Movie
from tests.api.problems import code


@pytest.fixture(autouse=True)
def closed(settings: Any) -> None:
    settings.MAINTENANCE = True


def test_it_works(alices_client: Client) -> None:
    answer = alices_client.get("/me/ratings/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert b"We'll be right back" in answer.content
    answer = alices_client.get("/api/v1/movies/")
    assert answer.status_code == 503
    assert "down for maintenance" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/api/v1/me/", "/_allauth/app/v1/auth/session"])
def test_programs_get_json(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "down for maintenance" in json.dumps(answer.json())


@pytest.mark.parametrize(
    "path", ["/manifest.webmanifest", "/service-worker.js", "/offline/", "/healthz"]
)
def test_what_browsers_keep_is_still_there(
    alices_client: Client, database_away: None, path: str
) -> None:
    assert alices_client.get(path).status_code == 200


def test_the_database_may_be_what_is_worked_on(alices_client: Client, database_away: None) -> None:
    answer = alices_client.get("/me/ratings/", headers={"accept-language": "de"})
    assert answer.status_code == 503
    assert 'lang="de"' in answer.content.decode()
    assert code(alices_client.get("/api/v1/movies/")) == "maintenance"


def test_nothing_is_written_meanwhile(
    alices_client: Client, make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie()
    assert alices_client.post(f"/movies/{movie.pk}/rate/", {"stars": "4"}).status_code == 503
    assert not movie.ratings.exists()


def test_operators_get_in_and_look_around(staff_client: Client) -> None:
    assert Client().get("/accounts/login/").status_code == 200
    assert staff_client.get("/movies/").status_code == 200


def test_a_file_does_it_too(client: Client, db: None, settings: Any, tmp_path: Path) -> None:
    settings.MAINTENANCE, settings.MAINTENANCE_FILE = False, tmp_path / "maintenance"
    assert client.get("/movies/").status_code == 200
    settings.MAINTENANCE_FILE.touch()
    assert client.get("/movies/").status_code == 503
