"""manage.py import_movielens and load_data, as an operator meets them."""

import csv
import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from movies.imports import console, sources
from movies.imports.dataset import SourceError
from movies.models import Movie, Rating
from tests.movies.imports.importing import in_batches_of
from tests.movies.imports.movielens_files import RATINGS_CSV, write_csv, zipped

pytestmark = pytest.mark.django_db

BAD = RATINGS_CSV + "3,99,4.0,1100000000\n" + "3,1,\x1b[31m,1100000000\n"


@pytest.fixture(autouse=True)
def _own_data_dir(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "var"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "ml-tiny")


def test_it_works(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_movielens", str(source))
    assert "4 new, 0 changed, 0 unchanged, 0 lines rejected" in capsys.readouterr().out
    call_command("import_movielens", str(source))
    assert "Nothing has changed." in capsys.readouterr().out


def test_averages_are_public_when_it_ends(source: Path, settings: LazySettings) -> None:
    """Without waiting for the worker."""
    settings.MIN_PUBLIC_RATERS = 2
    call_command("import_movielens", str(source))
    movies = list(Movie.objects.order_by("pk"))
    shown = [movie.shown_count for movie in movies]
    assert shown == [movie.n_ratings if movie.n_ratings >= 2 else 0 for movie in movies]
    assert any(shown)


def test_tags_are_left_out_and_it_says_so(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "tags.csv").write_text("userId,movieId,tag,timestamp\n1,1,slow,1100000000\n")
    call_command("import_movielens", str(source))
    assert "tags.csv was not read" in capsys.readouterr().out


def test_progress_tells_the_time_that_is_left(
    source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "SECONDS_BETWEEN_LINES", -1)
    in_batches_of(1, monkeypatch)
    call_command("import_movielens", str(source))
    said = capsys.readouterr().err
    assert "2 ratings read (" in said
    assert "4 ratings read (99.0 %, about" in said
    assert "left)" in said


def test_json(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_movielens", str(source), "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["data_set"], report["ratings_new"], report["exit_code"]) == ("ml-tiny", 4, 0)


def test_rejected_lines_are_told_and_written_down(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(source, ratings=BAD)
    rejects = tmp_path / "rejects.csv"
    with pytest.raises(CommandError) as stopped:
        call_command("import_movielens", str(source), rejects=str(rejects))
    assert stopped.value.returncode == 3
    said = capsys.readouterr()
    assert "ratings.csv, line 6: movie 99 is not in movies.csv" in said.err
    assert "\x1b" not in said.err
    with rejects.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["line"]) for row in rows] == [
        ("ratings.csv", "6"),
        ("ratings.csv", "7"),
    ]
    assert Rating.objects.count() == 4


def test_json_names_the_rejected_lines(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_movielens", str(write_csv(source, ratings=BAD)), "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["exit_code"] == 3
    assert [reject["line"] for reject in report["first_rejects"]] == [6, 7]


def test_strict_takes_all_or_nothing(source: Path) -> None:
    with pytest.raises(CommandError) as stopped:
        call_command("import_movielens", str(write_csv(source, ratings=BAD)), "--strict")
    assert stopped.value.returncode == 2
    assert not Movie.objects.exists()


@pytest.mark.parametrize("name", ["nowhere.zip", "ml-3m", "/dev/null"])
def test_an_unusable_source(name: str) -> None:
    with pytest.raises(CommandError) as stopped:
        call_command("import_movielens", name)
    assert stopped.value.returncode == 2


def test_a_rejects_file_that_cannot_be_written_stops_before_the_import(
    source: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError) as stopped:
        call_command("import_movielens", str(source), rejects=str(tmp_path / "no" / "x.csv"))
    assert stopped.value.returncode == 2
    assert not Movie.objects.exists()


class TestLoadData:
    @pytest.fixture
    def reachable(self, monkeypatch: pytest.MonkeyPatch, source: Path, tmp_path: Path) -> set[str]:
        """The names of the sets that can be had; none at first."""
        names: set[str] = set()

        def locate(name: str, cache_dir: Path) -> Path:
            if name not in names:
                raise SourceError(f"{name} did not answer.")
            return zipped(source, tmp_path / f"{name}.zip")

        monkeypatch.setattr(sources, "locate", locate)
        return names

    def test_the_first_that_can_be_had_is_taken(
        self, reachable: set[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        reachable.add("ml-100k")
        call_command("load_data")
        said = capsys.readouterr()
        assert "ml-latest-small did not answer." in said.err
        assert "Loading ml-100k." in said.out
        assert "Harper" in said.out
        assert Rating.objects.count() == 4

    def test_with_no_network_the_demo_catalogue_comes(
        self, reachable: set[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("load_data")
        said = capsys.readouterr().out
        assert "randomly generated" in said
        assert "Harper" not in said
        assert Rating.objects.count() > 20_000

    def test_it_never_loads_twice(
        self, reachable: set[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        reachable.add("ml-latest-small")
        call_command("load_data")
        capsys.readouterr()
        call_command("load_data", source="demo")
        assert "nothing was loaded" in capsys.readouterr().out
        assert Rating.objects.count() == 4

    def test_a_load_that_was_killed_is_finished(
        self, source: Path, settings: LazySettings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("load_data", source=str(source))
        Rating.objects.order_by("pk").last().delete()
        (settings.DATA_DIR / "datasets" / "loading").write_text(str(source))
        call_command("load_data")
        assert Rating.objects.count() == 4
        capsys.readouterr()
        call_command("load_data")
        assert "nothing was loaded" in capsys.readouterr().out

    def test_the_environment_may_name_the_source(
        self, source: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CFSITE_DEMO_DATA", str(source))
        call_command("load_data")
        assert Rating.objects.count() == 4

    def test_nothing_to_be_had(self) -> None:
        with pytest.raises(CommandError) as stopped:
            call_command("load_data", source="ml-3m")
        assert stopped.value.returncode == 2
