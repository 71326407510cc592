"""Posters that the operator uploads: who may, what is taken, and what the pages show of it."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from movies.models import Movie
from movies.posters.files import LARGE, SMALL, PosterError, prepare
from tests.admin.movie_form import NO_ROWS

SECRET = b"where it was taken"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def heat(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Heat", 1995, "Crime")


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (600, 900), colour: str = "red", **options: Any
) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **options)
    return made.getvalue()


def upload(client: Client, movie: Movie, content: bytes | None = None, **fields: str) -> Any:
    form = {"title": movie.title, "year": movie.year, "genres": [], **NO_ROWS, **fields}
    if content is not None:
        form["poster_upload"] = SimpleUploadedFile("poster.jpg", content)
    answer = client.post(f"/admin/movies/movie/{movie.pk}/change/", form)
    movie.refresh_from_db()
    return answer


def test_it_works(staff_client: Client, client: Client, heat: Movie) -> None:
    assert upload(staff_client, heat, picture()).status_code == 302

    page = client.get(heat.get_absolute_url()).content.decode()
    source = f"/posters/{heat.poster_file}-{SMALL}.webp"
    assert f'<img class="poster" src="{source}"' in page
    assert 'width="240" height="360" alt="" loading="lazy" decoding="async"' in page
    assert f'src="{source}"' in client.get("/movies/").content.decode()
    for width in (SMALL, LARGE):
        answer = client.get(f"/posters/{heat.poster_file}-{width}.webp")
        assert answer["Content-Type"] == "image/webp"
        assert "immutable" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        shown = Image.open(BytesIO(answer.content))
        assert shown.size == (width, width * 3 // 2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_kinds_of_picture_are_taken(kind: str) -> None:
    assert set(prepare(BytesIO(picture(kind)))) == {SMALL, LARGE}


def test_what_else_was_in_the_file_stays_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    content = picture(exif=exif.tobytes(), comment=SECRET) + SECRET
    assert SECRET in content
    assert not any(SECRET in made for made in prepare(BytesIO(content)).values())


def test_a_picture_lying_in_the_file_is_turned_as_it_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = prepare(BytesIO(picture(size=(900, 600), exif=exif.tobytes())))
    assert Image.open(BytesIO(made[SMALL])).size == (240, 360)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "isn’t a JPEG"),
        (lambda: b"<html>not found</html>", "isn’t a JPEG"),
        (lambda: b"", "isn’t a JPEG"),
        (lambda: picture()[:400], "isn’t a JPEG"),
        (lambda: picture("GIF"), "isn’t a JPEG"),
        (lambda: picture(size=(900, 600)), "upright"),
        (lambda: picture(size=(300, 1200)), "upright"),
        (lambda: picture(size=(60, 90)), "at least"),
        (lambda: picture("PNG", size=(5000, 8001), compress_level=1), "40 million"),
        (lambda: b"\xff" * 10_000_001, "10 MB"),
    ],
    ids=["svg", "html", "empty", "cut", "gif", "lying", "strip", "tiny", "vast", "heavy"],
)
def test_what_is_no_poster_is_refused(content: Callable[[], bytes], problem: str) -> None:
    with pytest.raises(PosterError, match=problem):
        prepare(BytesIO(content()))


def test_the_operator_reads_why_and_nothing_is_lost(staff_client: Client, heat: Movie) -> None:
    upload(staff_client, heat, picture())
    before = heat.poster_file
    answer = upload(staff_client, heat, b"<svg/>", title="Heat!")
    assert "This isn’t a JPEG, PNG or WebP image." in answer.content.decode()
    assert (heat.poster_file, heat.title) == (before, "Heat")


def test_another_poster_has_another_address_and_the_first_is_gone(
    staff_client: Client, client: Client, heat: Movie, media: Path
) -> None:
    upload(staff_client, heat, picture())
    first = heat.poster_file
    upload(staff_client, heat, picture(colour="blue"))
    assert heat.poster_file != first
    assert client.get(f"/posters/{first}-{SMALL}.webp").status_code == 404
    assert len(list(media.rglob("*.webp"))) == 2


def test_the_drawn_poster_comes_back(
    staff_client: Client, client: Client, heat: Movie, media: Path
) -> None:
    upload(staff_client, heat, picture())
    upload(staff_client, heat, poster_removed="on")
    assert heat.poster_file == ""
    assert '<svg class="poster"' in client.get(heat.get_absolute_url()).content.decode()
    assert list(media.rglob("*.webp")) == []


def test_saving_the_movie_keeps_its_poster(staff_client: Client, heat: Movie) -> None:
    upload(staff_client, heat, picture())
    name = heat.poster_file
    upload(staff_client, heat, title="Heat (restored)")
    assert (heat.poster_file, heat.title) == (name, "Heat (restored)")


def test_a_new_movie_can_come_with_its_poster(staff_client: Client) -> None:
    form = {"title": "New", "poster_upload": SimpleUploadedFile("a.png", picture("PNG")), **NO_ROWS}
    assert staff_client.post("/admin/movies/movie/add/", form).status_code == 302
    assert Movie.objects.get(title="New").poster_file


def test_the_drawn_poster_is_a_file_too(staff_client: Client, client: Client, heat: Movie) -> None:
    told = f"/movies/{heat.pk}/poster.svg"
    answer = client.get(told)
    assert answer["Content-Type"] == "image/svg+xml"
    assert "public" in answer["Cache-Control"]
    root = ElementTree.fromstring(answer.content)
    assert root.find("{*}title").text == "Heat (1995)"
    assert b"class=" not in answer.content, "no page's styles reach it"
    again = client.get(told, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    heat.title = "</svg><script>alert(1)</script>"
    heat.save()
    hostile = client.get(told)
    assert hostile["ETag"] != answer["ETag"]
    ElementTree.fromstring(hostile.content)
    assert b"<script" not in hostile.content
    assert client.get("/movies/999999/poster.svg").status_code == 404


def test_an_uploaded_poster_takes_its_address(
    staff_client: Client, client: Client, heat: Movie
) -> None:
    upload(staff_client, heat, picture())
    told = client.get(f"/movies/{heat.pk}/poster.svg").url
    assert told.endswith(".webp")
    assert client.get(told)["Content-Type"] == "image/webp"


def test_a_member_uploads_nothing(alices_client: Client, heat: Movie) -> None:
    assert upload(alices_client, heat, picture()).status_code == 302
    assert heat.poster_file == ""


@pytest.mark.parametrize(
    "path",
    [
        "/posters/1-0123456789abcdef-240.webp",
        "/posters/1-0123456789abcdef-99.webp",
        "/posters/secret_key-240.webp",
        "/posters/..%2Fsecret_key-240.webp",
    ],
)
def test_nothing_else_is_handed_out(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def png(size: tuple[int, int], pixels: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG that says it has this size, whatever it has."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)), *more]
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in [*chunks, (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        content += struct.pack(">I", len(data)) + kind + data + checksum
    return content


BOMB = zlib.compress(bytes(50_000_000))
PIXELS = bytes(601 * 1201)


@pytest.mark.parametrize(
    "content",
    [
        png((5_100, 7_700), b""),
        png((0, 600), b""),
        png((2**31 - 1, 2**31 - 1), b""),
        png((400, 600), PIXELS, (b"zTXt", b"a\0\0" + BOMB)),
        png((400, 600), PIXELS, (b"iCCP", b"a\0\0" + BOMB)),
    ],
    ids=["no pixels", "no width", "too vast to count", "text bomb", "profile bomb"],
)
def test_a_header_that_lies_is_refused(content: bytes) -> None:
    with pytest.raises(PosterError, match="isn’t a JPEG"):
        prepare(BytesIO(content))
