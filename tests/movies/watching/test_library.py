"""What the house owns: read from Jellyfin page by page, or from a list of ids."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from movies.models import AvailabilityVersion, Library, LibraryItem, Movie
from movies.outside.http import OutsideError
from movies.tasks import read_library
from movies.watching import jellyfin, library
from movies.watching.owned import imdb_id, tmdb_id
from tests.movies.outside.server import Answer, OtherSite
from tests.movies.watching.answers import answer

PATH = "/jellyfin/Items"


@pytest.fixture
def healthy(outside: OtherSite) -> OtherSite:
    outside.says(PATH, body=answer("jellyfin_items"))
    return outside


def here() -> list[str]:
    return sorted(LibraryItem.objects.values_list("movie__title", flat=True).distinct())


def page(*items: dict[str, Any], total: int | None = None) -> bytes:
    n = len(items) if total is None else total
    return json.dumps({"Items": items, "TotalRecordCount": n, "StartIndex": 0}).encode()


def item(number: int, **ids: str) -> dict[str, Any]:
    return {"Name": f"Film {number}", "Id": f"{number:032x}", "ServerId": "s", "ProviderIds": ids}


def test_it_works(healthy: OtherSite, heat: Movie) -> None:
    assert read_library() == {"listed": 2, "not_matched": 1}
    owned = LibraryItem.objects.get()
    assert owned.movie == heat
    assert jellyfin.web_url(owned.item_id, owned.server_id) == (
        "https://films.example/web/#/details?id=f0e1d2c3b4a5968778695a4b3c2d1e0f"
        "&serverId=4e0a1c5b9f7d4c8a8b1d2e3f4a5b6c7d"
    )
    assert Library.objects.get().unmatched == [["Home video", "no IMDb or TMDB id"]]
    asked = healthy.asked[0]
    for part in ("IncludeItemTypes=Movie", "Recursive=true", "Fields=ProviderIds", "StartIndex=0"):
        assert part in asked
    assert "secret" not in asked
    assert healthy.headers[0]["Authorization"] == 'MediaBrowser Token="secret-of-jellyfin"'


def test_page_by_page(
    outside: OtherSite, make_movie: Callable[..., Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jellyfin, "PAGE", 2)
    items = [item(n, Tmdb=str(n)) for n in range(1, 6)]
    for n in range(1, 6):
        make_movie(f"Film {n}", tmdb_id=n)
    served = iter([items[:2], items[2:4], items[4:]])

    def next_page(body: str) -> Answer:
        return 200, {}, page(*next(served), total=5)

    outside.answers[PATH] = next_page
    assert len(jellyfin.movies()) == 5
    assert [path.split("StartIndex=")[1].split("&")[0] for path in outside.asked] == ["0", "2", "4"]


def test_removed_there_loses_the_mark(
    healthy: OtherSite, heat: Movie, make_movie: Callable[..., Movie]
) -> None:
    make_movie("Ran", 1985, tmdb_id=11645)
    healthy.says(PATH, body=page(item(1, Tmdb="949"), item(2, Tmdb="11645")))
    read_library()
    assert here() == ["Heat", "Ran"]
    version = AvailabilityVersion.current()
    read_library()
    assert AvailabilityVersion.current() == version
    healthy.says(PATH, body=page(item(2, Tmdb="11645")))
    read_library()
    assert here() == ["Ran"]
    assert AvailabilityVersion.current() > version


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (500, b"", "Jellyfin responded with status 500."),
        (401, b"", "Jellyfin rejected the key (CFSITE_JELLYFIN_API_KEY)."),
        (404, b"", "There is no Jellyfin at this address (CFSITE_JELLYFIN_URL)."),
        (302, b"", "Jellyfin responded with status 302."),
        (200, b"<html>", "We couldn’t read Jellyfin’s response."),
        (200, b'{"Items": 3}', "We couldn’t read Jellyfin’s response."),
        (200, page(total=7), "Jellyfin did not list all of its movies."),
        (200, page(), "Jellyfin lists no movies. Those found before are kept."),
    ],
)
def test_a_broken_server_leaves_what_is_there(
    healthy: OtherSite, heat: Movie, status: int, body: bytes, told: str
) -> None:
    read_library()
    before = Library.objects.get()
    healthy.says(PATH, status, body)
    assert read_library() == {"stopped": told}
    assert here() == ["Heat"]
    after = Library.objects.get()
    assert (after.problem, after.read_at, after.n_listed) == (told, before.read_at, 2)
    healthy.says(PATH, body=answer("jellyfin_items"))
    read_library()
    assert Library.objects.get().problem == ""


def test_slow_or_gone(
    healthy: OtherSite, heat: Movie, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jellyfin.SITE, "read_seconds", 0.01)
    healthy.slowness = 0.5
    with pytest.raises(OutsideError, match="took too long to respond"):
        jellyfin.movies()
    settings.JELLYFIN_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match=r"couldn’t reach Jellyfin\. Nothing was changed"):
        call_command("sync_library")


def test_off_without_a_server(healthy: OtherSite, settings: Any) -> None:
    settings.JELLYFIN_URL = ""
    assert read_library() == {"stopped": "CFSITE_JELLYFIN_URL is not set"}
    assert not Library.objects.exists()


def test_ids_decide(heat: Movie, make_movie: Callable[..., Movie]) -> None:
    twins = [make_movie(f"Twin {n}", tmdb_id=7) for n in (1, 2)]
    one = make_movie("Twin 3", tmdb_id=7, imdb_id="tt0000007")
    read = library.read_file(b"imdb_id,tmdb_id\ntt0000007,7\n,7\ntt0113277,1\n,404\nnonsense,\n")
    assert here() == ["Heat", "Twin 3"]
    assert {pk for pk in LibraryItem.objects.values_list("movie", flat=True)} == {heat.pk, one.pk}
    assert [tuple(row) for row in read.unmatched] == [
        ("line 3: 7", "several movies have this id"),
        ("line 5: 404", "not in the catalogue"),
        ("line 6: nonsense", "no IMDb or TMDB id"),
    ]
    assert len(twins) == 2


@pytest.mark.parametrize(
    "content",
    [
        "imdb_id\ntt0113277\n",
        "Title;IMDb ID;TMDb ID\nHeat;tt113277;\n",
        "Const\tName\nhttps://www.imdb.com/title/tt0113277/\tHeat\n",
        "tmdbId\n949.0\n",
        "tt0113277",
        "949\n",
        "\ufeffHeat,1995,tt0113277\r\n",
    ],
)
def test_lists_of_many_kinds(heat: Movie, content: str) -> None:
    library.read_file(content.encode())
    assert here() == ["Heat"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"title\nHeat\n", "no IMDb or TMDB ids"),
        ("imdb_id\ntt1\nHéat\n".encode("latin-1"), "line 3: not UTF-8"),
        (b'imdb_id\n"tt1\n', "line 2: unexpected end of data"),
    ],
)
def test_what_is_no_list_changes_nothing(heat: Movie, content: bytes, told: str) -> None:
    library.read_file(b"tt0113277")
    with pytest.raises(library.LibraryError, match=told):
        library.read_file(content)
    assert here() == ["Heat"]


def test_the_command(heat: Movie, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("tt0113277\ntt9999999\n")
    call_command("sync_library", csv=path)
    out = capsys.readouterr().out
    assert "Uploaded list: 1 of 2 movies are here, 1 were not matched." in out
    assert "line 2: tt9999999: not in the catalogue" in out
    with pytest.raises(CommandError, match="No such file"):
        call_command("sync_library", csv=tmp_path / "gone.csv")


def test_both_sources_beside_each_other(healthy: OtherSite, heat: Movie) -> None:
    read_library()
    library.read_file(b"tt0113277")
    assert LibraryItem.objects.count() == 2
    library.read_file(b"tt9999999")
    assert LibraryItem.objects.get().item_id.startswith("f0e1")


class TestAdmin:
    UPLOAD = "/admin/movies/library/upload/"

    def test_upload(self, staff_client: Client, heat: Movie) -> None:
        file = SimpleUploadedFile("mine.csv", b"tt0113277\nfoo\n")
        answer = staff_client.post(self.UPLOAD, {"file": file}, follow=True)
        assert "1 movies are marked as here, 1 were not matched." in answer.content.decode()
        assert "line 2: foo (no IMDb or TMDB id)" in answer.content.decode()
        assert here() == ["Heat"]

    def test_a_bad_file_is_told(self, staff_client: Client, heat: Movie) -> None:
        answer = staff_client.post(self.UPLOAD, {"file": SimpleUploadedFile("x.csv", b"title\n")})
        assert answer.status_code == 422
        assert "no IMDb or TMDB ids" in answer.content.decode()

    def test_last_sync_and_problem(
        self, staff_client: Client, healthy: OtherSite, heat: Movie
    ) -> None:
        read_library()
        healthy.says(PATH, 500)
        read_library()
        text = staff_client.get("/admin/movies/library/").content.decode()
        assert "Jellyfin responded with status 500." in text
        assert "Upload a list" in text

    def test_deleting_takes_the_marks(self, staff_client: Client, heat: Movie) -> None:
        read, version = library.read_file(b"tt0113277"), AvailabilityVersion.current()
        url = f"/admin/movies/library/{read.pk}/delete/"
        assert staff_client.post(url, {"post": "yes"}).status_code == 302
        assert here() == []
        assert AvailabilityVersion.current() > version

    def test_strangers_stay_out(self, alices_client: Client) -> None:
        assert alices_client.get(self.UPLOAD).status_code == 302


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("tt0113277", "tt0113277"),
        ("113277", "tt0113277"),
        ("https://www.imdb.com/title/tt0113277/", "tt0113277"),
        ("nm0000134", ""),
        ("tt0", ""),
        ("", ""),
        (None, ""),
        ("٣٤٥", ""),
    ],
)
def test_imdb_ids(written: object, read: str) -> None:
    assert imdb_id(written) == read


def test_tmdb_ids() -> None:
    assert [tmdb_id(text) for text in ("949", 949, " 949.0", "0", "x", None, "9" * 12)] == [
        *(949, 949, 949),
        *(None, None, None, None),
    ]
