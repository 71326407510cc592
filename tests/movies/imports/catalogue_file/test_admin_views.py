"""The admin's upload of movies: preview, then import."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from movies.imports.catalogue_file import admin_views
from movies.models import Movie

URL = "/admin/movies/movie/upload/"
FILE = "title,year,genres,note\nThe Clockmaker,1961,Drama,x\nNine <i>Lanterns</i>,1970,,y\n"


@pytest.fixture(autouse=True)
def _own_data_dir(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def upload(client: Client, text: str = FILE, **fields: str) -> str:
    file = SimpleUploadedFile("movies.csv", text.encode())
    answer = client.post(URL, {"file": file, **fields})
    assert answer.status_code == 200
    return answer.content.decode()


def confirmed(client: Client, **fields: str) -> str:
    token = hashlib.sha256(FILE.encode()).hexdigest()
    data = {"token": token, "name": "movies.csv", **fields}
    return client.post(f"{URL}write/", data, follow=True).content.decode()


def test_it_works(staff_client: Client, make_movie: Callable[..., Movie]) -> None:
    movie = make_movie("The Clockmaker", 1961)
    assert URL in staff_client.get("/admin/movies/movie/").content.decode()
    assert "CSV or JSON" in staff_client.get(URL).content.decode()
    page = upload(staff_client)
    assert "1 new, 1 changed, 0 unchanged" in page
    assert "Ignored columns: note" in page
    assert "Nine &lt;i&gt;Lanterns&lt;/i&gt;" in page
    assert Movie.objects.count() == 1
    assert "1 movies added, 1 changed." in confirmed(staff_client)
    assert Movie.objects.count() == 2
    assert Movie.objects.get(pk=movie.pk).genre_names == ["Drama"]
    assert "no longer available" in confirmed(staff_client), "forgotten"


def test_bad_lines_are_named_and_nothing_can_be_imported(staff_client: Client) -> None:
    page = upload(staff_client, FILE + "A,1066,,\n")
    assert "Line 4: year" in page
    assert "Import these movies" not in page


@pytest.mark.parametrize("text", ["\n", "name,year\n", 'title\n"open\n'])
def test_files_that_are_refused(staff_client: Client, text: str) -> None:
    page = upload(staff_client, text)
    assert "movies.csv" in page
    assert "Import these movies" not in page


def test_the_catalogue_changed_between_preview_and_import(
    staff_client: Client, make_movie: Callable[..., Movie]
) -> None:
    upload(staff_client)
    for _ in range(2):
        make_movie("The Clockmaker", 1961)
    assert "The catalogue has changed in the meantime" in confirmed(staff_client)
    assert Movie.objects.count() == 2


def test_a_file_that_is_gone(staff_client: Client) -> None:
    data = {"token": "0" * 64, "name": "movies.csv"}
    page = staff_client.post(f"{URL}write/", data, follow=True).content.decode()
    assert "Please upload it again" in page
    for token in ("../../secret_key", "0" * 63, ""):
        answer = staff_client.post(f"{URL}write/", {**data, "token": token})
        assert answer.status_code == 302


def test_nobody_else_gets_in(
    alices_client: Client, make_user: Callable, staff_client: Client
) -> None:
    helper = Client()
    helper.force_login(make_user("helper", is_staff=True))
    for path in (URL, f"{URL}write/"):
        assert alices_client.post(path).status_code == 302
        assert helper.post(path).status_code == 403


def test_yesterdays_files_are_forgotten(
    staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_views, "KEPT_SECONDS", -10)
    upload(staff_client)
    assert "no longer available" in confirmed(staff_client)
