"""Posters as bitmaps in three widths."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from movies.models import Movie
from movies.posters import sizes
from movies.posters.files import prepare, set_poster
from tests.api.conftest import API

Make = Callable[..., Movie]


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def heat(make_movie: Make) -> Movie:
    return make_movie("Heat", 1995, genres="Crime|Thriller")


def posters(client: Client, movie: Movie) -> dict[str, Any]:
    return client.get(f"{API}/movies/{movie.pk}/").json()["posters"]


def picture() -> BytesIO:
    content = BytesIO()
    Image.new("RGB", (600, 900), "navy").save(content, "JPEG")
    content.seek(0)
    return content


def opened(client: Client, url: str) -> Image.Image:
    answer = client.get(url)
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    return Image.open(BytesIO(answer.getvalue()))


def test_drawn_posters_come_in_three_widths(client: Client, heat: Movie) -> None:
    told = posters(client, heat)
    assert told.pop("kind") == "drawn"
    assert [poster["width"] for poster in told.values()] == [240, 480, 720]
    for poster in told.values():
        assert opened(client, poster["url"]).size == (poster["width"], poster["height"])


def test_pictures_come_in_the_widths_that_there_are(client: Client, heat: Movie) -> None:
    set_poster(heat, prepare(picture()))
    told = posters(client, heat)
    assert told.pop("kind") == "picture"
    assert [poster["width"] for poster in told.values()] == [240, 480, 480]
    for poster in told.values():
        assert opened(client, poster["url"]).size == (poster["width"], poster["height"])


def test_another_picture_has_another_address(client: Client, heat: Movie) -> None:
    old = posters(client, heat)["small"]["url"]
    Movie.objects.filter(pk=heat.pk).update(title="Heat 2")
    new = posters(client, heat)["small"]["url"]
    assert new != old
    moved = client.get(old)
    assert (moved.status_code, new.endswith(moved.url)) == (302, True)
    assert "immutable" not in moved["Cache-Control"]
    set_poster(heat, prepare(picture()))
    assert posters(client, heat)["small"]["url"].endswith(client.get(new).url)


@pytest.mark.parametrize("query", ["", "?v=", "?v=nonsense", "?v=%00", "?v=" + "a" * 5000])
def test_any_other_version_leads_to_the_present_one(
    client: Client, heat: Movie, query: str
) -> None:
    now = posters(client, heat)["small"]["url"]
    answer = client.get(f"/movies/{heat.pk}/poster-240.webp{query}")
    assert (answer.status_code, now.endswith(answer.url)) == (302, True)
    assert not list(sizes.DRAWING.path_of("x").parent.glob("*")), "nothing is drawn for it"


def test_a_picture_is_not_enlarged(client: Client, heat: Movie) -> None:
    set_poster(heat, prepare(picture()))
    moved = client.get(f"/movies/{heat.pk}/poster-720.webp")
    assert posters(client, heat)["large"]["url"].endswith(moved.url)


def test_no_other_widths_and_no_other_movies(client: Client, heat: Movie) -> None:
    for path in (f"{heat.pk}/poster-241", f"{heat.pk}/poster-0", "999999/poster-240"):
        assert client.get(f"/movies/{path}.webp").status_code == 404
    assert client.get(f"/movies/{heat.pk}/poster-{'9' * 400}.webp").status_code == 404
    assert client.post(f"/movies/{heat.pk}/poster-240.webp").status_code == 405


def test_it_is_drawn_once(client: Client, heat: Movie, monkeypatch: pytest.MonkeyPatch) -> None:
    url = posters(client, heat)["small"]["url"]
    first = client.get(url).content
    monkeypatch.setattr(sizes, "rasterize", None)
    assert client.get(url).content == first


def test_nobody_can_have_all_of_them_drawn_at_once(
    client: Client, heat: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "DRAWING", replace(sizes.DRAWING, drawn_a_minute=1, most_kept=1))
    small, medium = (posters(client, heat)[name]["url"] for name in ("small", "medium"))
    assert client.get(small).status_code == 200
    busy = client.get(medium)
    assert (busy.status_code, busy["Retry-After"]) == (503, "60")
    assert client.get(small).status_code == 200, "from the disk"


def test_the_oldest_go(client: Client, heat: Movie, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "DRAWING", replace(sizes.DRAWING, most_kept=2))
    for name in ("small", "medium", "large"):
        assert client.get(posters(client, heat)[name]["url"]).status_code == 200
    assert len(list(sizes.DRAWING.path_of("x").parent.glob("*.webp"))) == 2


@pytest.mark.parametrize("title", ["</svg><script>", "千と千尋の神隠し", "\ud7ff\x07", "x" * 300])
def test_any_title_can_be_drawn(client: Client, make_movie: Make, title: str) -> None:
    url = posters(client, make_movie(title, None))["small"]["url"]
    assert opened(client, url).size == (240, 360)
