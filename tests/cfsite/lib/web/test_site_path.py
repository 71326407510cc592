"""A site under /films/: every link, form, file and cookie stays there."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.test.client import ClientHandler
from django.urls import get_script_prefix, set_script_prefix

from cfsite.lib.web.site_path import SitePath
from movies.models import Movie

Get = Callable[[str], Any]


class UnderAPath(ClientHandler):
    """As a proxy asks that passes the whole path on."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        set_script_prefix("/films/")  # WSGIHandler does, ClientHandler does not
        return SitePath(lambda environ, _: ClientHandler.__call__(self, environ))(environ, None)


@pytest.fixture
def get(settings: Any, staff_client: Client) -> Iterator[Get]:
    settings.FORCE_SCRIPT_NAME = "/films"
    settings.SITE_ORIGIN = "http://127.0.0.1"
    settings.SITE_URL = "http://127.0.0.1/films"
    settings.STATIC_URL = "/films/static/"
    settings.STORAGES = {**settings.STORAGES}  # so that they read STATIC_URL again
    settings.SESSION_COOKIE_PATH = settings.CSRF_COOKIE_PATH = "/films/"
    staff_client.handler = UnderAPath()
    for cookie in staff_client.cookies.values():
        cookie["path"] = "/films/"
    before = get_script_prefix()
    caches["template_fragments"].clear()
    yield staff_client.get
    caches["template_fragments"].clear()
    set_script_prefix(before)


def addresses(page: str) -> list[str]:
    """Those of a page, but for the path itself, which the admin links to."""
    found = re.findall(r'(?:href|src|action|hx-get|hx-post|hx-delete)="(/[^"]*)"', page)
    assert found
    return [address for address in found if address != "/films"]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/movies/", "/me/ratings/", "/me/lists/", "/me/settings/", "/together/", "/about/"),
        *("/admin/", "/admin/movies/movie/", "/accounts/password/change/", "/api/v1/docs/"),
        *("/offline/", "/nope/"),
    ],
)
def test_links_of_pages_stay_under_the_path(
    get: Get, path: str, make_movie: Callable[..., Movie]
) -> None:
    make_movie()
    answer = get(f"/films{path}")
    assert answer.status_code == (404 if path == "/nope/" else 200)
    assert [a for a in addresses(answer.content.decode()) if not a.startswith("/films/")] == []


def test_the_page_of_a_movie(get: Get, make_movie: Callable[..., Movie]) -> None:
    movie = make_movie()
    page = get(f"/films{movie.get_absolute_url().removeprefix('/films')}").content.decode()
    assert [a for a in addresses(page) if not a.startswith("/films/")] == []
    assert f'content="http://127.0.0.1/films/movies/{movie.pk}' in page
    assert "/films/films/" not in page


def test_the_installed_app_is_the_path(get: Get) -> None:
    manifest = get("/films/manifest.webmanifest").json()
    assert {manifest[name] for name in ("id", "scope", "start_url")} == {"/films/"}
    assert all(icon["src"].startswith("/films/static/") for icon in manifest["icons"])
    worker = get("/films/service-worker.js").content.decode()
    assert '"/films/offline/"' in worker
    assert '"/static/' not in worker


def test_redirects_and_the_api(get: Get, make_movie: Callable[..., Movie]) -> None:
    movie = make_movie()
    answer = get("/films/movies")
    assert (answer.status_code, answer["Location"]) == (301, "/films/movies/")
    answer = get("/films/api/v1/movies/").json()
    assert answer["results"][0]["url"].startswith(f"http://127.0.0.1/films/movies/{movie.pk}")


def test_the_path_itself_is_the_home_page(get: Get) -> None:
    assert get("/films").status_code == 200


def test_health_checks_are_answered_with_and_without_the_path(get: Get) -> None:
    assert get("/healthz").status_code == 200
    assert get("/films/healthz").status_code == 200


def test_another_path_that_begins_alike_is_not_the_site(get: Get) -> None:
    assert get("/filmsy/movies/").status_code == 404
