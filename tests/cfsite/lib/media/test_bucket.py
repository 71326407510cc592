"""Pictures in a bucket that several hosts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image

from cfsite.lib import media
from cfsite.operations.backups.backup import back_up
from cfsite.operations.doctor.connections import media_bucket
from movies.models import Movie
from movies.posters import sizes
from movies.posters.files import SMALL, prepare, remove_poster, set_poster
from tests.admin.movie_form import NO_ROWS
from tests.s3_server import ACCESS_KEY, SECRET, Store, s3

pytest.importorskip("storages", reason="requirements-s3.txt is not installed")

PUBLIC = "https://pictures.example.org/"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[Store]:
    with s3() as store:
        monkeypatch.setenv("AWS_ENDPOINT_URL", store.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
        settings.BACKUP_TO = tmp_path / "backups"
        settings.MEDIA_TO = "s3://films/club"
        options = {"bucket_name": "films", "location": "club"}
        bucket = {"BACKEND": "cfsite.lib.media.bucket.Bucket", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": bucket}
        yield store


@pytest.fixture
def heat(store: Store, make_movie: Callable[..., Movie]) -> Movie:
    movie = make_movie("Heat", 1995)
    picture = BytesIO()
    Image.new("RGB", (600, 900), "red").save(picture, "JPEG")
    picture.seek(0)
    set_poster(movie, prepare(picture))
    return movie


def test_it_works(store: Store, heat: Movie, client: Client, settings: Any) -> None:
    path = f"/posters/{heat.poster_file}-{SMALL}.webp"
    assert len(store.objects) == 2
    assert not settings.MEDIA_ROOT.exists()
    assert f'src="{path}"' in client.get(heat.get_absolute_url()).content.decode()
    answer = client.get(path)
    assert answer.content == store.objects[f"films/club{path}"]
    assert "immutable" in answer["Cache-Control"]
    assert client.get(path.replace(heat.poster_file, "1-0123456789abcdef")).status_code == 404
    remove_poster(heat)
    assert store.objects == {}


def test_browsers_fetch_from_its_public_address(heat: Movie, client: Client, settings: Any) -> None:
    settings.MEDIA_ADDRESS = PUBLIC
    source = f"{PUBLIC}posters/{heat.poster_file}-{SMALL}.webp"
    assert f'src="{source}"' in client.get(heat.get_absolute_url()).content.decode()
    version = heat.poster_file.rpartition("-")[2]
    answer = client.get(f"/movies/{heat.pk}/poster-{SMALL}.webp?v={version}")
    assert answer["Location"] == source, "for apps"


def test_a_store_that_is_away_is_no_error_page(
    heat: Movie,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.s3_server.SECRET", "another one")
    answer = client.get(f"/posters/{heat.poster_file}-{SMALL}.webp")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "could not be read" in caplog.text


def test_the_operator_hears_of_a_store_that_is_away(
    heat: Movie, staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = heat.poster_file
    monkeypatch.setattr("tests.s3_server.SECRET", "another one")
    picture = BytesIO()
    Image.new("RGB", (600, 900), "blue").save(picture, "JPEG")
    upload = SimpleUploadedFile("poster.jpg", picture.getvalue())
    form = {"title": "Heat!", "year": 1995, "genres": [], **NO_ROWS, "poster_upload": upload}
    page = staff_client.post(f"/admin/movies/movie/{heat.pk}/change/", form, follow=True)
    assert "couldn’t be saved" in page.content.decode()
    heat.refresh_from_db()
    assert (heat.title, heat.poster_file) == ("Heat!", before)


def test_one_host_draws_for_all(
    store: Store, make_movie: Callable[..., Movie], settings: Any, tmp_path: Path
) -> None:
    def no_drawing() -> bytes:
        raise AssertionError("drawn twice")

    drawing = sizes.DRAWING
    assert drawing.read_or_draw("1-x", lambda: b"drawn") == b"drawn"
    settings.DATA_DIR = tmp_path / "other host"
    assert drawing.read_or_draw("1-x", no_drawing) == b"drawn"
    assert drawing.path_of("1-x").read_bytes() == b"drawn", "kept there as well"


@pytest.mark.django_db(transaction=True)
def test_a_backup_has_the_pictures_and_brings_them_back(store: Store, heat: Movie) -> None:
    default_storage.save(f"{media.DRAWN}/share/1.png", ContentFile(b"drawn"))
    before = dict(store.objects)
    made = back_up()
    store.objects.clear()
    default_storage.save("posters/2-0123456789abcdef-240.webp", ContentFile(b"newer"))
    call_command("restore", f"{made.place}/{made.name}", force=True, stdout=StringIO())
    pictures = {name: content for name, content in before.items() if media.DRAWN not in name}
    assert store.objects == pictures


def test_the_doctor_tries_it(store: Store, settings: Any) -> None:
    (finding,) = media_bucket()
    assert (finding.status, store.objects) == ("ok", {})
    store.damages = True
    (finding,) = media_bucket()
    assert "other bytes" in finding.message
    store.damages = False
    settings.MEDIA_ADDRESS = "http://127.0.0.1:1/"
    (finding,) = media_bucket()
    assert "does not show" in finding.message
    store.buckets.clear()
    (finding,) = media_bucket()
    assert "NoSuchBucket" in finding.message
