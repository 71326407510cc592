"""Error pages, and the same errors as JSON."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.handlers.exception import convert_exception_to_response
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from movies.models import Movie
from recommender.tryout import tryout


@pytest.mark.parametrize("path", ["/", "/movies/", "/movies/1-x/", "/me/ratings/", "/nowhere/"])
def test_pages_say_that_the_database_is_away(
    alices_client: Client, database_away: None, path: str
) -> None:
    alices_client.raise_request_exception = False
    answer = alices_client.get(path)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert b"can't reach its database" in answer.content
    assert b'class="site-header"' in answer.content


def test_the_api_says_that_the_database_is_away(alices_client: Client, database_away: None) -> None:
    alices_client.raise_request_exception = False
    answer = alices_client.get("/api/v1/movies/")
    assert answer.status_code == 503
    assert "unavailable right now" in answer.json()["detail"]


def test_a_crash_page_needs_no_database(
    client: Client, monkeypatch: pytest.MonkeyPatch, database_away: None
) -> None:
    def broken(request: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(tryout, "ratings_of_visitor", broken)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content


@pytest.mark.parametrize(("method", "path"), [("get", "/try/"), ("post", "/accuracy/")])
def test_a_wrong_method_gets_a_page(client: Client, db: None, method: str, path: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code == 405
    assert "GET" in answer["Allow"] or "POST" in answer["Allow"]
    assert b"Nothing was changed" in answer.content
    assert b'class="site-header"' in answer.content


@pytest.mark.parametrize("path", ["/api/v1/movies/", "/_allauth/app/v1/config"])
def test_programs_get_json_for_it(client: Client, db: None, path: str) -> None:
    answer = client.delete(path)
    assert answer.status_code == 405
    assert "method" in json.dumps(answer.json()).lower()


def test_a_wrong_address_of_a_movie_leads_to_it(
    client: Client, make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie("The Godfather", 1972)
    answer = client.get("/movies/999-godfahter/")
    assert answer.status_code == 404
    assert movie.get_absolute_url() in answer.content.decode()


@pytest.mark.parametrize("path", ["/movies/x" + "y" * 500 + "/", "/movies/%00/", "/movies/9/"])
def test_any_address_is_answered(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"We couldn't find that page" in answer.content


def test_too_many_is_a_page(client: Client, db: None) -> None:
    for _ in range(60):
        answer = client.post("/accounts/login/", {"login": "x", "password": "y"})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert b"Too many requests" in answer.content
    assert b'class="site-header"' in answer.content


def test_a_crash_gets_a_standalone_page(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("recommender.tryout.tryout.recommend_to_visitor", crash)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content


def test_a_form_without_csrf_token(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", {"login": "alice", "password": "a good password 1"})
    assert answer.status_code == 403
    assert b"Please try again" in answer.content


def test_a_page_that_does_not_exist(client: Client, db: None) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert b'name="q"' in answer.content


BAD_HOST = "somewhere.example"


@pytest.mark.parametrize("path", ["/", "/movies/", "/nowhere/", "/accounts/login/", "/admin/"])
@pytest.mark.parametrize("https", [False, True])
def test_an_unknown_host_gets_a_plain_400(
    alices_client: Client, settings: Any, path: str, https: bool
) -> None:
    settings.SECURE_SSL_REDIRECT = https  # the check then comes from another middleware
    answer = alices_client.get(path, headers={"host": BAD_HOST, "accept-language": "de"})
    assert answer.status_code == 400
    assert "alice" not in answer.content.decode()
    assert b"<h1>" in answer.content
    assert b'class="site-nav"' not in answer.content


def test_an_unknown_host_gets_the_language_and_theme_of_the_reader(client: Client) -> None:
    client.cookies["theme"] = "dark"
    page = client.get("/", headers={"host": BAD_HOST, "accept-language": "de"}).content.decode()
    assert '<html lang="de" class="theme-dark">' in page


@pytest.mark.parametrize("path", ["/api/v1/movies/", "/_allauth/app/v1/config"])
def test_an_unknown_host_gets_json_from_the_apis(client: Client, path: str) -> None:
    answer = client.get(path, headers={"host": BAD_HOST})
    assert answer.status_code == 400
    assert "is not valid" in json.dumps(answer.json())


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200)])
def test_probes_answer_on_any_host(client: Client, db: None, path: str, status: int) -> None:
    assert client.get(path, headers={"host": BAD_HOST}).status_code == status


@pytest.mark.parametrize(
    ("error", "status"), [(BadRequest, 400), (PermissionDenied, 403), (Http404, 404)]
)
def test_an_error_before_session_and_user_are_there_gets_its_page(
    rf: RequestFactory, db: None, error: type[Exception], status: int
) -> None:
    """Whatever a middleware that runs early refuses."""

    def refuse(request: HttpRequest) -> HttpResponse:
        raise error

    answer = convert_exception_to_response(refuse)(rf.get("/movies/1-alien/"))
    assert answer.status_code == status
    assert b"<h1>" in answer.content
