"""The site as an app, the site closed, and errors as pages."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from movies.models import Movie
from recommender.tryout import tryout


class TestApp:
    def test_it_works(self, client: Client, db: None) -> None:
        assert '<link rel="manifest" href="/manifest.webmanifest"' in (
            client.get("/movies/").content.decode()
        )
        answer = client.get("/manifest.webmanifest")
        assert answer["Content-Type"] == "application/manifest+json"
        said = json.loads(answer.content)
        assert {"name", "short_name", "start_url", "display", "icons"} <= said.keys()
        assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}
        for icon in said["icons"]:
            file = Path(finders.find(icon["src"].removeprefix("/static/"))).read_bytes()
            width = int.from_bytes(file[16:20], "big")
            assert icon["sizes"] == f"{width}x{width}"

    def test_it_speaks_the_visitors_language(self, client: Client, db: None) -> None:
        english = client.get("/manifest.webmanifest").json()
        said = client.get("/manifest.webmanifest", headers={"accept-language": "de"}).json()
        assert said["lang"] == "de"
        assert said["name"] != english["name"]
        assert said["description"] != english["description"]
        assert [one["name"] for one in said["shortcuts"]] != [
            one["name"] for one in english["shortcuts"]
        ]

    def test_it_speaks_the_language_that_was_chosen(self, client: Client, db: None) -> None:
        """Pages ask for the manifest with their cookies, else it could not know."""
        page = client.get("/movies/").content.decode()
        assert 'href="/manifest.webmanifest" crossorigin="use-credentials"' in page
        client.post("/language/", {"language": "fr"})
        assert client.get("/manifest.webmanifest").json()["lang"] == "fr"

    def test_its_shortcuts_lead_to_pages(self, alices_client: Client) -> None:
        said = alices_client.get("/manifest.webmanifest").json()
        assert len(said["shortcuts"]) == 3
        for one in said["shortcuts"]:
            assert alices_client.get(one["url"]).status_code == 200
            assert one["url"].startswith(said["scope"])

    def test_the_worker_keeps_what_is_nobodys(self, client: Client, db: None) -> None:
        answer = client.get("/service-worker.js")
        assert answer["Content-Type"].startswith("text/javascript")
        kept = json.loads(re.search(r"KEPT = (\[.*?\]);", answer.content.decode())[1])
        assert "/offline/" in kept
        assert all(path.startswith("/static/") or path == "/offline/" for path in kept)
        for path in kept:
            if path.startswith("/static/"):
                assert finders.find(path.removeprefix("/static/")), path

    def test_the_offline_page_names_nobody(self, alices_client: Client) -> None:
        page = alices_client.get("/offline/").content
        assert b"No network" in page
        assert b"alice" not in page
        assert page == Client().get("/offline/").content


class TestMaintenance:
    @pytest.fixture(autouse=True)
    def closed(self, settings: Any) -> None:
        settings.MAINTENANCE = True

    def test_it_works(self, alices_client: Client) -> None:
        answer = alices_client.get("/me/ratings/")
        assert answer.status_code == 503
        assert answer["Retry-After"]
        assert b"Back soon" in answer.content
        answer = alices_client.get("/api/v1/movies/")
        assert answer.status_code == 503
        assert "worked on" in answer.json()["detail"]

    @pytest.mark.parametrize("path", ["/api/v1/me/", "/_allauth/app/v1/auth/session"])
    def test_programs_get_json(self, client: Client, db: None, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer["Retry-After"]
        assert "worked on" in json.dumps(answer.json())

    @pytest.mark.parametrize(
        "path", ["/manifest.webmanifest", "/service-worker.js", "/offline/", "/healthz"]
    )
    def test_what_browsers_keep_is_still_there(
        self, alices_client: Client, database_away: None, path: str
    ) -> None:
        assert alices_client.get(path).status_code == 200

    def test_the_database_may_be_what_is_worked_on(
        self, alices_client: Client, database_away: None
    ) -> None:
        answer = alices_client.get("/me/ratings/", headers={"accept-language": "de"})
        assert answer.status_code == 503
        assert "Gleich zurück" in answer.content.decode()
        assert alices_client.get("/api/v1/movies/").json().keys() == {"detail"}

    def test_nothing_is_written_meanwhile(
        self, alices_client: Client, make_movie: Callable[..., Movie]
    ) -> None:
        movie = make_movie()
        assert alices_client.post(f"/movies/{movie.pk}/rate/", {"stars": "4"}).status_code == 503
        assert not movie.ratings.exists()

    def test_operators_get_in_and_look_around(self, staff_client: Client) -> None:
        assert Client().get("/accounts/login/").status_code == 200
        assert staff_client.get("/movies/").status_code == 200

    def test_a_file_does_it_too(
        self, client: Client, db: None, settings: Any, tmp_path: Path
    ) -> None:
        settings.MAINTENANCE, settings.MAINTENANCE_FILE = False, tmp_path / "maintenance"
        assert client.get("/movies/").status_code == 200
        settings.MAINTENANCE_FILE.touch()
        assert client.get("/movies/").status_code == 503


class TestDatabaseAway:
    @pytest.mark.parametrize("path", ["/", "/movies/", "/movies/1-x/", "/me/ratings/", "/nowhere/"])
    def test_pages_say_so(self, alices_client: Client, database_away: None, path: str) -> None:
        alices_client.raise_request_exception = False
        answer = alices_client.get(path)
        assert answer.status_code == 503
        assert answer["Retry-After"]
        assert b"cannot reach its database" in answer.content
        assert b'class="site-header"' in answer.content

    def test_so_does_the_api(self, alices_client: Client, database_away: None) -> None:
        alices_client.raise_request_exception = False
        answer = alices_client.get("/api/v1/movies/")
        assert answer.status_code == 503
        assert "cannot answer at the moment" in answer.json()["detail"]

    def test_another_fault_is_ours_and_asks_nothing(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, database_away: None
    ) -> None:
        def broken(request: object) -> None:
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(tryout, "list_of", broken)
        client.raise_request_exception = False
        answer = client.get("/")
        assert answer.status_code == 500
        assert b"Something broke" in answer.content


class TestErrors:
    @pytest.mark.parametrize(("method", "path"), [("get", "/try/"), ("post", "/accuracy/")])
    def test_a_wrong_method_gets_a_page(
        self, client: Client, db: None, method: str, path: str
    ) -> None:
        answer = getattr(client, method)(path)
        assert answer.status_code == 405
        assert "GET" in answer["Allow"] or "POST" in answer["Allow"]
        assert b"Nothing was changed" in answer.content
        assert b'class="site-header"' in answer.content

    @pytest.mark.parametrize("path", ["/api/v1/movies/", "/_allauth/app/v1/config"])
    def test_programs_get_json_for_it(self, client: Client, db: None, path: str) -> None:
        answer = client.delete(path)
        assert answer.status_code == 405
        assert "method" in json.dumps(answer.json()).lower()

    def test_a_wrong_address_of_a_movie_leads_to_it(
        self, client: Client, make_movie: Callable[..., Movie]
    ) -> None:
        movie = make_movie("The Godfather", 1972)
        answer = client.get("/movies/999-godfahter/")
        assert answer.status_code == 404
        assert movie.get_absolute_url() in answer.content.decode()

    @pytest.mark.parametrize("path", ["/movies/x" + "y" * 500 + "/", "/movies/%00/", "/movies/9/"])
    def test_any_address_is_answered(self, client: Client, db: None, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert b"There is nothing here" in answer.content

    def test_too_many_is_a_page(self, client: Client, db: None) -> None:
        for _ in range(60):
            answer = client.post("/accounts/login/", {"login": "x", "password": "y"})
            if answer.status_code == 429:
                break
        assert answer.status_code == 429
        assert b"Too many at once" in answer.content
        assert b'class="site-header"' in answer.content
