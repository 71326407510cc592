"""Posters from TMDB, played by a server of the test's own: fetched, kept, told and dropped."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, TmdbPoster
from movies.outside import http, tmdb
from movies.posters import tmdb_client
from movies.posters.tmdb_fetch import fetch_due
from movies.tasks import fetch_posters
from tests.admin.movie_form import NO_ROWS
from tests.movies.outside.server import OtherSite, serving
from tests.movies.posters.test_files import picture

KEY = "0123456789abcdef0123456789abcdef"
NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."


class Outside(OtherSite):
    """What TMDB answers, by number of the movie."""

    def has(self, tmdb_id: int, content: bytes, status: int = 200) -> None:
        path = f"/poster{tmdb_id}.jpg"
        super().says(f"/3/movie/{tmdb_id}", body=json.dumps({"poster_path": path}).encode())
        super().says(f"/w500{path}", status, content)

    def says(self, tmdb_id: int, status: int, body: bytes = b"{}", **headers: str) -> None:
        super().says(f"/3/movie/{tmdb_id}", status, body, **headers)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    world = Outside()
    with serving(world):
        monkeypatch.setattr(tmdb, "API", f"{world.url}/3")
        monkeypatch.setattr(tmdb_client, "PICTURES", f"{world.url}/w500")
        yield world


@pytest.fixture(autouse=True)
def site(tmp_path: Path, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.TMDB_KEY = KEY
    cache.clear()
    monkeypatch.setattr(tmdb.SITE, "seconds_between", 0.0)


@pytest.fixture
def heat(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Heat", 1995, "Crime", tmdb_id=949)


def after(movie: Movie) -> Movie:
    movie.refresh_from_db()
    return movie


def test_it_works(outside: Outside, heat: Movie, client: Client) -> None:
    outside.has(949, picture())

    assert fetch_due(10).fetched == 1
    assert after(heat).poster_file.startswith(f"{heat.pk}-tmdb-")
    page = client.get(heat.get_absolute_url()).content.decode()
    assert f'src="/posters/{heat.poster_file}-240.webp"' in page
    assert "image.tmdb.org" not in page
    assert NOTICE in page
    assert client.get(f"/posters/{heat.poster_file}-480.webp").status_code == 200
    assert outside.asked == [f"/3/movie/949?api_key={KEY}", "/w500/poster949.jpg"]


def test_nobody_is_asked_twice(outside: Outside, heat: Movie) -> None:
    outside.has(949, picture())
    fetch_due(10)
    outside.asked.clear()
    assert fetch_due(10).fetched == 0
    assert outside.asked == []


def test_without_a_key_nobody_is_asked_and_no_page_speaks_of_it(
    outside: Outside, heat: Movie, client: Client, settings: Any
) -> None:
    settings.TMDB_KEY = ""
    assert fetch_posters()["stopped"] == "CFSITE_TMDB_KEY is not set"
    assert outside.asked == []
    assert "TMDB API" not in client.get("/movies/").content.decode()


def test_where_a_poster_of_theirs_is_left_the_notice_is_too(
    outside: Outside, heat: Movie, client: Client, settings: Any
) -> None:
    outside.has(949, picture())
    fetch_due(10)
    settings.TMDB_KEY = ""
    assert NOTICE in client.get("/movies/").content.decode()
    assert NOTICE not in client.get("/accounts/login/").content.decode()


def test_an_uploaded_poster_beats_theirs(
    outside: Outside, heat: Movie, staff_client: Client
) -> None:
    outside.has(949, picture())
    change = f"/admin/movies/movie/{heat.pk}/change/"
    own = SimpleUploadedFile("own.jpg", picture(colour="blue"))
    form = {"title": "Heat", "year": 1995, "tmdb_id": 949, **NO_ROWS}
    staff_client.post(change, {**form, "poster_upload": own})
    assert fetch_due(10).fetched == 0
    assert "tmdb" not in after(heat).poster_file

    staff_client.post(change, {**form, "poster_removed": "on"})
    assert fetch_due(10).fetched == 1
    assert "tmdb" in after(heat).poster_file


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda o: o.says(949, 404), "TMDB does not know this movie."),
        (lambda o: o.says(949, 200, b'{"poster_path": null}'), "no poster of this movie"),
        (lambda o: o.says(949, 200, b"<html>"), "could not be read"),
        (lambda o: o.says(949, 200, b"[]"), "could not be read"),
        (lambda o: o.says(949, 200, b'{"poster_path": "//evil.example/x.jpg"}'), "not be read"),
        (lambda o: o.says(949, 200, b'{"poster_path": "/../../secret.jpg"}'), "not be read"),
        (lambda o: o.says(949, 200, b" " * 1_000_001), "too large"),
        (lambda o: o.says(949, 500), "status 500"),
        (lambda o: o.says(949, 302, Location="http://127.0.0.1:1/"), "status 302"),
        (lambda o: o.has(949, b"<html>not a picture</html>"), "This is no picture"),
        (lambda o: o.has(949, b"\xff" * 10_000_001), "too large"),
        (lambda o: o.has(949, b"", status=503), "status 503"),
    ],
    ids=[
        *("unknown", "none", "html", "list", "host", "dots", "long", "500", "elsewhere"),
        *("no-picture", "heavy", "503"),
    ],
)
def test_a_bad_answer_leaves_the_drawn_poster_and_is_told(
    outside: Outside,
    heat: Movie,
    staff_client: Client,
    answer: Callable[[Outside], None],
    problem: str,
) -> None:
    answer(outside)
    assert fetch_due(10).failed == 1
    assert after(heat).poster_file == ""
    told = staff_client.get("/admin/movies/tmdbposter/").content.decode()
    assert problem in TmdbPoster.objects.get().problem
    assert "Heat (1995)" in told
    assert '<svg class="poster"' in staff_client.get(heat.get_absolute_url()).content.decode()
    outside.asked.clear()
    fetch_due(10)
    assert outside.asked == []  # not at once again


def test_one_that_does_not_answer_is_left(
    outside: Outside, heat: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ", 0.1)
    outside.slowness = 0.4
    fetch_due(10)
    assert TmdbPoster.objects.get().problem == "TMDB did not answer in time."


def test_nobody_there(heat: Movie, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tmdb, "API", "http://127.0.0.1:1")
    fetch_due(10)
    assert TmdbPoster.objects.get().problem == "TMDB could not be reached."


def test_asked_to_wait_it_waits(outside: Outside, make_movie: Callable[..., Movie]) -> None:
    for number in (1, 2):
        make_movie(f"Film {number}", tmdb_id=number)
        outside.says(number, 429, Retry_After="120")
    assert fetch_due(10).stopped == "TMDB asks to wait."
    assert fetch_due(10).stopped == "TMDB asks to wait."
    assert len(outside.asked) == 1
    assert not TmdbPoster.objects.exists()


def test_a_refused_key_is_told_and_not_said(outside: Outside, heat: Movie) -> None:
    outside.says(949, 401)
    with pytest.raises(CommandError, match="CFSITE_TMDB_KEY") as told:
        call_command("fetch_posters")
    assert KEY not in str(told.value)


def test_a_token_goes_into_the_header(
    outside: Outside, heat: Movie, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TMDB_KEY = "a.read.token"
    outside.has(949, picture())
    call_command("fetch_posters", limit=1)
    assert "1 posters fetched" in capsys.readouterr().out
    assert outside.asked[0] == "/3/movie/949"


def test_half_a_year_is_the_longest(
    outside: Outside, heat: Movie, client: Client, settings: Any, tmp_path: Path
) -> None:
    outside.has(949, picture())
    fetch_due(10)
    settings.TMDB_KEY = ""
    TmdbPoster.objects.update(fetched_at=timezone.now() - timedelta(days=179))
    assert fetch_due(10).dropped == 0
    TmdbPoster.objects.update(fetched_at=timezone.now() - timedelta(days=181))
    assert fetch_due(10).dropped == 1
    assert after(heat).poster_file == ""
    assert list(tmp_path.rglob("*.webp")) == []


def test_it_is_fetched_anew_before_that(outside: Outside, heat: Movie) -> None:
    outside.has(949, picture())
    fetch_due(10)
    first = after(heat).poster_file
    TmdbPoster.objects.update(due_at=timezone.now())
    outside.has(949, picture(colour="blue"))
    assert fetch_due(10).fetched == 1
    assert after(heat).poster_file != first


def test_the_most_rated_come_first(
    outside: Outside, make_movie: Callable[..., Movie], alice: User, make_rating: Callable
) -> None:
    make_movie("Obscure", tmdb_id=1)
    famous = make_movie("Famous", tmdb_id=2)
    make_rating(alice, famous)
    outside.has(2, picture())
    fetch_due(1)
    assert after(famous).poster_file


def test_a_stranger_reads_no_problems(alices_client: Client) -> None:
    assert alices_client.get("/admin/movies/tmdbposter/").status_code == 302
